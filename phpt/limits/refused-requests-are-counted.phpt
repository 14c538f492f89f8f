--TEST--
Requests that were refused without a handler are counted as such
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => $server->stats()', server: 'new Sluice\Server(limits: new Sluice\Limits(target: 64, body: 10))');
$refused = fn (): int => json_decode(h1($server->url())->body, true)['listeners'][0]['requests']['refused'];
foreach ([
    'long target' => 'GET /' . str_repeat('x', 100) . " HTTP/1.1\r\nHost: x\r\n\r\n",
    'CONNECT' => "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
    'unknown coding' => "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    'no host' => "GET / HTTP/1.1\r\n\r\n",
    'long body' => "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n",
    'no HTTP at all' => "what?\r\n\r\n",
] as $what => $bytes) {
    $before = $refused();
    $client = Raw::connect($server->addresses[0]);
    $client->send($bytes);
    $client->closeWrite();
    $answer = $client->readAll();
    check($what, $refused() === $before + 1, strtok($answer, "\r"));
}
?>
--EXPECT--
long target: yes
CONNECT: yes
unknown coding: yes
no host: yes
long body: yes
no HTTP at all: yes
