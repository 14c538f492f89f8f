--TEST--
A client that opens and resets streams without end is stopped, and the server serves on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($r) { if ($r->getPath() === "/fine") return "fine"; Sluice\delay(30); }');
$h2 = H2::plain($server);
for ($i = 0; $i < 20000 && !$h2->closed; $i++) {
    $stream = $h2->request();
    try { $h2->cancel($stream); } catch (Throwable) { break; }
    if ($i % 500 === 0 && !$h2->raw->send('')) break;
}
$before = resident($server->pid);
echo h2($server->url('/fine')), "\n";
check('memory', $before < 128 << 20, $before);
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
200 fine
memory: yes
exit 0
