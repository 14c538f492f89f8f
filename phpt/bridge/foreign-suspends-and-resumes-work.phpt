--TEST--
Fiber::suspend() and resume() by other code, also across two handlers, neither block nor confuse the server
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) use (&$parked) {
        switch ($request->getPath()) {
            case '/generator-like':
                $f = new Fiber(function () { $x = Fiber::suspend('one'); Sluice\delay(0.01); $y = Fiber::suspend("got $x"); return "end $y"; });
                $said = [$f->start()];
                $said[] = $f->resume('A');
                while ($f->isSuspended() && count($said) < 3) {
                    Sluice\delay(0.02);
                    try { $said[] = $f->resume('B'); } catch (FiberError $e) { $said[] = 'FiberError'; }
                }
                $said[] = $f->isTerminated() ? $f->getReturn() : 'suspended';
                return $said;
            case '/park': $parked = Fiber::getCurrent(); note('parked'); $got = Fiber::suspend(); return "resumed with $got";
            case '/wake': $fiber = $parked; $parked = null; $fiber->resume('a word'); return 'woke it';
            case '/throw': $fiber = $parked; $parked = null; $fiber->throw(new DomainException('thrown in')); return 'threw';
        }
    }
    PHP, before: '$parked = null;');
echo h1($server->url('/generator-like')), "\n";
foreach (['/wake', '/throw'] as $i => $path) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("GET /park HTTP/1.1\r\nHost: x\r\n\r\n");
    $server->waitFor('parked', $i + 1);
    echo h1($server->url($path)), "\n", $client->answer(), "\n";
}
$server->finish();
?>
--EXPECTF--
200 ["one",%s]
200 woke it
200 resumed with a word
200 threw
500 Internal Server Error
exit 0
stdout: parked
stdout: parked
stderr: [sluice] DomainException: thrown in in %s:%d
