--TEST--
Fibers that still wait when the drain ends are unwound once: finally runs, catch blocks are not entered twice
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        note('start');
        $inner = new Fiber(function () { try { Sluice\delay(60); } finally { note('inner finally'); } });
        $inner->start();
        try {
            try { Sluice\delay(60); } finally { note('finally 1'); }
        } finally { note('finally 2'); }
    }
    PHP, server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(drain: 0.05))', after: 'unset($server); gc_collect_cycles(); note("returned");');
$clients = [];
for ($i = 0; $i < 3; $i++) {
    $clients[$i] = Raw::connect($server->addresses[0]);
    $clients[$i]->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
}
$server->waitFor('start', 3);
echo 'exit ', $server->stop(), "\n";
foreach (['finally 1', 'finally 2', 'inner finally', 'returned'] as $line) {
    echo substr_count($server->stdout, $line), " x $line\n";
}
check('no crash', !preg_match('/fatal|panic|segfault|core/i', $server->stderr), $server->stderr);
?>
--EXPECT--
exit 1
3 x finally 1
3 x finally 2
3 x inner finally
1 x returned
no crash: yes
