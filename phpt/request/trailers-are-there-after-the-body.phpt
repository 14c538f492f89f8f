--TEST--
getTrailers() is empty before the end of the body and has the fields after it, over h1 and h2
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => [$r->getTrailers(), $r->getBody(), $r->getTrailers()]');
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum, X-Two\r\n\r\n");
$client->send("5\r\nhello\r\n0\r\nX-Sum: 42\r\nX-Two: a\r\nx-two: b\r\n\r\n");
echo $client->answer(), "\n";
$h2 = H2::plain($server);
$stream = $h2->request(method: 'POST', headers: ['te' => 'trailers'], end: false);
$h2->data($stream, 'hello');
$h2->trailers($stream, ['x-sum' => '42', 'x-two' => 'a']);
$h2->finish($stream);
echo $h2->status[$stream], ' ', $h2->body[$stream], "\n";
?>
--EXPECT--
200 [[],"hello",{"x-sum":["42"],"x-two":["a","b"]}]
200 [[],"hello",{"x-sum":["42"],"x-two":["a"]}]
