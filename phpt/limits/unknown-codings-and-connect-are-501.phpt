--TEST--
An unknown transfer coding and CONNECT get 501, on a connection that is then closed
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($r) { note("HANDLED"); return "ok"; }');
foreach ([
    'gzip' => "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
    'gzip, chunked' => "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    'identity' => "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
    'CONNECT' => "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
] as $what => $bytes) {
    $client = Raw::connect($server->addresses[0]);
    $client->send($bytes);
    $client->closeWrite();
    $all = $client->readAll();
    preg_match('~^HTTP/1.1 (\d+)~', $all, $status);
    echo $what, ' ', $status[1] ?? json_encode($all), "\n";
}
$h2 = H2::plain($server);
$stream = $h2->request(method: 'CONNECT');
$h2->finish($stream);
check('h2 CONNECT is refused', ($h2->status[$stream] ?? 0) !== 200);
$h2->raw->close();
$server->finish();
?>
--EXPECTF--
gzip %r(501|400)%r
gzip, chunked 501
identity %r(501|400)%r
CONNECT 501
h2 CONNECT is refused: yes
exit 0
