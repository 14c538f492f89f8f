--TEST--
A request behind a broken chunked body is dropped with the connection
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($request) { note($request->getPath()); return strlen($request->getBody()) . $request->getPath(); }');
$client = Raw::connect($server->addresses[0]);
$client->send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nXYZ\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
$all = $client->readAll();
check('no success', !str_contains($all, ' 200 '), $all);
$server->stop();
check('/b was not handled', !str_contains($server->stdout, '/b'), $server->stdout);
?>
--EXPECT--
no success: yes
/b was not handled: yes
