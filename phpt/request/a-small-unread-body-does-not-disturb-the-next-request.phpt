--TEST--
A handler that ignores a small body leaves the connection in step for the next request
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => $r->getMethod() . " " . $r->getPath()');
$client = Raw::connect($server->addresses[0]);
$client->send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n..");
$client->send("GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
echo $client->answer(), "\n", $client->answer(), "\n";
?>
--EXPECT--
200 POST /a
200 GET /b
