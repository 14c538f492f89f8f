--TEST--
A malformed request behind good ones is answered after them, and the connection is closed
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($request) { note($request->getPath()); Sluice\delay(0.02); return $request->getPath(); }');
$client = Raw::connect($server->addresses[0]);
$client->send(
    "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n"
    . "GET /bad HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\n\r\n",
);
echo $client->answer(), "\n", $client->answer(), "\n", $client->answer()->status, "\n";
echo json_encode($client->readAll()), "\n";
$server->stop();
echo $server->stdout;
?>
--EXPECT--
200 /a
200 /b
400
""
/a
/b
