--TEST--
A connection on which nothing is ever sent is closed
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => "ok"', server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(handshake: 0.3, head: 0.3, idle: 0.3))');
echo json_encode(Raw::connect($server->addresses[0])->readAll(5)), "\n";
$server = serve('fn () => "ok"', server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(handshake: 0.3, head: 0.3, idle: 0.3))', tls: tls_code());
echo json_encode(Raw::connect($server->addresses[0])->readAll(5)), "\n";
echo json_encode(Raw::tls($server->addresses[0])->readAll(5)), "\n";
$h2 = new H2(Raw::tls($server->addresses[0], alpn: 'h2'));
$h2->until(fn () => $h2->closed, 'the connection to close', 5);
echo "closed\n";
?>
--EXPECT--
""
""
""
closed
