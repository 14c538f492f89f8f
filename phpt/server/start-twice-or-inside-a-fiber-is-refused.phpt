--TEST--
start() from a handler, inside a fiber, or of a second server while one runs throws a StateException
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server();
    $other = new Sluice\Server();
    $other->handle(fn () => 'other');
    $other->listen('tcp://127.0.0.1:0');
    $server->handle(fn () => [attempt(fn () => $server->start()), attempt(fn () => $other->start())]);
    $address = $server->listen('tcp://127.0.0.1:0');
    $fiber = new Fiber(fn () => attempt(fn () => $server->start()));
    $fiber->start();
    note('in a fiber: ' . ($fiber->isTerminated() ? $fiber->getReturn() : 'SUSPENDED'));
    say($address);
    $server->start();
    PHP);
$answer = h1($server->url());
foreach (json_decode($answer->body) as $text) {
    echo $text, "\n";
}
echo h1($server->url())->status, "\n";
$server->finish();
?>
--EXPECTF--
Sluice\StateException: %s
Sluice\StateException: %s
200
exit 0
stdout: in a fiber: Sluice\StateException: %sfiber%S
