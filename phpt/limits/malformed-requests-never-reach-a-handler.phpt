--TEST--
Malformed requests get 400 or a closed connection, never a hang, never a handler call
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($r) { note("HANDLED " . json_encode($r->getRequestTarget())); return "ok"; }');
$h = "Host: x\r\n";
$cases = [
    'garbage' => "\x00\x01\x02\x03\xff\xfe\r\n\r\n",
    'one word' => "HELLO\r\n\r\n",
    'no version' => "GET /\r\n\r\n",
    'lower-case protocol' => "GET / http/1.1\r\n$h\r\n",
    'two spaces' => "GET  / HTTP/1.1\r\n$h\r\n",
    'space in the target' => "GET /a b HTTP/1.1\r\n$h\r\n",
    'control byte in the target' => "GET /a\x01b HTTP/1.1\r\n$h\r\n",
    'no host' => "GET / HTTP/1.1\r\nX: y\r\n\r\n",
    'two hosts' => "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    'host with a path' => "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
    'space before the colon' => "GET / HTTP/1.1\r\n{$h}X : y\r\n\r\n",
    'no colon' => "GET / HTTP/1.1\r\n{$h}nonsense\r\n\r\n",
    'empty name' => "GET / HTTP/1.1\r\n{$h}: y\r\n\r\n",
    'NUL in a value' => "GET / HTTP/1.1\r\n{$h}X: a\0b\r\n\r\n",
    'bare CR in a value' => "GET / HTTP/1.1\r\n{$h}X: a\rb\r\n\r\n",
    'folded line' => "GET / HTTP/1.1\r\n{$h}X: a\r\n b\r\n\r\n",
    'length of words' => "POST / HTTP/1.1\r\n{$h}Content-Length: many\r\n\r\n",
    'negative length' => "POST / HTTP/1.1\r\n{$h}Content-Length: -1\r\n\r\n",
    'signed length' => "POST / HTTP/1.1\r\n{$h}Content-Length: +5\r\n\r\nhello",
    'two lengths' => "POST / HTTP/1.1\r\n{$h}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    'list of lengths' => "POST / HTTP/1.1\r\n{$h}Content-Length: 5, 6\r\n\r\nhello!",
    'length past 64 bits' => "POST / HTTP/1.1\r\n{$h}Content-Length: 18446744073709551616\r\n\r\n",
    'chunked is not the last coding' => "POST / HTTP/1.1\r\n{$h}Transfer-Encoding: chunked, gzip\r\n\r\n",
    'chunked twice' => "POST / HTTP/1.1\r\n{$h}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    'coding in 1.0' => "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    'relative target' => "GET nowhere HTTP/1.1\r\n$h\r\n",
    'star for GET' => "GET * HTTP/1.1\r\n$h\r\n",
    'broken h2 preface' => "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    'bad method byte' => "G@T\x7f / HTTP/1.1\r\n$h\r\n",
];
foreach ($cases as $what => $bytes) {
    $client = Raw::connect($server->addresses[0]);
    $client->send($bytes);
    $client->closeWrite();
    $got = $client->readAll(5);
    check($what, preg_match('~^(HTTP/1\.[01] (400|501) .*)?$~s', $got) === 1 && !str_contains($got, ' 200 '), $got);
}
echo h1($server->url()), "\n";
$server->finish();
?>
--EXPECT--
garbage: yes
one word: yes
no version: yes
lower-case protocol: yes
two spaces: yes
space in the target: yes
control byte in the target: yes
no host: yes
two hosts: yes
host with a path: yes
space before the colon: yes
no colon: yes
empty name: yes
NUL in a value: yes
bare CR in a value: yes
folded line: yes
length of words: yes
negative length: yes
signed length: yes
two lengths: yes
list of lengths: yes
length past 64 bits: yes
chunked is not the last coding: yes
chunked twice: yes
coding in 1.0: yes
relative target: yes
star for GET: yes
broken h2 preface: yes
bad method byte: yes
200 ok
exit 0
stdout: HANDLED "\/"
