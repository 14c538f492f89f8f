--TEST--
A request with both Content-Length and chunked coding is refused, or read as chunked on a connection that is then closed
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => $r->getMethod() . " " . $r->getPath() . " " . strlen($r->getBody())');
foreach ([
    "Content-Length: 6\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 6",
    "Content-Length: 40\r\nTransfer-Encoding: chunked",
] as $fields) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("POST /first HTTP/1.1\r\nHost: x\r\n$fields\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
    $all = $client->readAll();
    check('one answer', substr_count($all, 'HTTP/1.1 ') === 1 && preg_match('~^HTTP/1.1 400 |POST /first 0$~', $all) === 1, $all);
    check('nothing smuggled', !str_contains($all, '/smuggled'), $all);
}
?>
--EXPECT--
one answer: yes
nothing smuggled: yes
one answer: yes
nothing smuggled: yes
one answer: yes
nothing smuggled: yes
