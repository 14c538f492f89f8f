--TEST--
An absolute target gives the path and overrides the Host header
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => [$r->getRequestTarget(), $r->getPath(), $r->getHost(), $r->getQueryParams()]');
$client = Raw::connect($server->addresses[0]);
$client->send("GET http://example.com:81/p%20q?a=b HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n");
echo $client->answer(), "\n";
?>
--EXPECT--
200 ["http:\/\/example.com:81\/p%20q?a=b","\/p q","example.com:81",{"a":"b"}]
