--TEST--
A handler that catches ClientGoneException can still finish its work and wait no more
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        note('start');
        try { Sluice\delay(60); } catch (Sluice\ClientGoneException) { note('caught'); }
        note('again: ' . strtok(attempt(fn () => $r->write('x')), ':'));
        return 'for nobody';
    }
    PHP);
$client = Raw::connect($server->addresses[0]);
$client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('start');
$client->reset();
$server->waitFor('again');
$server->finish();
?>
--EXPECT--
exit 0
stdout: start
stdout: caught
stdout: again: Sluice\ClientGoneException
