--TEST--
A client that sends nonsense is told 400 with Connection: close
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => "ok"');
$client = Raw::connect($server->addresses[0]);
$client->send("GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n");
$a = $client->answer();
echo $a->status, ' ', $a->header('connection'), ' ', json_encode($client->readAll()), "\n";
?>
--EXPECT--
400 close ""
