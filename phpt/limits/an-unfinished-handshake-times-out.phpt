--TEST--
A TLS handshake that does not come to its end is cut off and counted
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => $server->stats()', server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(handshake: 0.3))', tls: tls_code());
$client = Raw::connect($server->addresses[0]);
$client->send("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
$client->readAll(5);
$listener = json_decode(h1($server->url())->body, true)['listeners'][0];
echo json_encode([$listener['timeouts']['handshake'], $listener['handshakes']]), "\n";
?>
--EXPECT--
[1,{"ok":1,"failed":1}]
