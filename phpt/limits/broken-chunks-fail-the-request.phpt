--TEST--
Broken chunked bodies fail the request and close the connection, whatever the handler has read
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($r) { return "read " . strlen($r->getBody()); }');
foreach ([
    'size of words' => "xyz\r\nhello\r\n0\r\n\r\n",
    'negative size' => "-5\r\nhello\r\n0\r\n\r\n",
    'size past 64 bits' => "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    'no line end after the chunk' => "5\r\nhelloX\r\n0\r\n\r\n",
    'size with spaces' => "5 5\r\nhello\r\n0\r\n\r\n",
    'ends early' => "5\r\nhel",
    'no last chunk' => "5\r\nhello\r\n",
    'endless extension' => '5;' . str_repeat('x', 100000),
    'endless trailers' => "0\r\n" . str_repeat("X-T: y\r\n", 20000),
] as $what => $body) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    $client->offer($body, 1);
    @$client->closeWrite();
    $all = $client->readAll(5);
    check($what, !str_contains($all, ' 200 '), $all);
}
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value;q=\"a;b\"\r\nhello\r\n0005\r\nworld\r\n0\r\n\r\n");
echo $client->answer(), "\n";
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
size of words: yes
negative size: yes
size past 64 bits: yes
no line end after the chunk: yes
size with spaces: yes
ends early: yes
no last chunk: yes
endless extension: yes
endless trailers: yes
200 read 10
exit 0
