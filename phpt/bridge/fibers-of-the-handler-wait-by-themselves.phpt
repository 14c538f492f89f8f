--TEST--
Fibers that the handler makes wait independently of it and of each other, and finish without being polled
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $log = [];
        $fibers = [];
        foreach ([0.06, 0.02, 0.04] as $i => $seconds) {
            $fibers[$i] = new Fiber(function () use (&$log, $i, $seconds) {
                $log[] = "start $i";
                Sluice\delay($seconds);
                $log[] = "end $i";
                return $i;
            });
            $fibers[$i]->start();
        }
        $log[] = 'all started';
        Sluice\delay(0.15);
        foreach ($fibers as $fiber) $log[] = $fiber->isTerminated() ? 'returned ' . $fiber->getReturn() : 'NOT DONE';
        return $log;
    }
    PHP);
echo h1($server->url()), "\n";
$server->finish();
?>
--EXPECT--
200 ["start 0","start 1","start 2","all started","end 1","end 2","end 0","returned 0","returned 1","returned 2"]
exit 0
