--TEST--
Plain HTTP on a TLS port, rubbish, and a broken record end that connection only
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => $r->getPath() === "/stats" ? $server->stats() : "hello"', tls: tls_code());
foreach ([
    'plain HTTP' => "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    'rubbish' => random_bytes(200),
    'a record too long' => "\x16\x03\x01\xff\xff" . str_repeat('x', 100),
] as $what => $bytes) {
    $client = Raw::connect($server->addresses[0]);
    $client->send($bytes);
    $client->closeWrite();
    $got = $client->readAll();
    check("$what: closed, without HTTP", !str_contains($got, 'HTTP/'), bin2hex($got));
}
echo h1($server->url()), "\n";
echo json_decode(h1($server->url('/stats'))->body, true)['listeners'][0]['handshakes']['failed'], "\n";
?>
--EXPECT--
plain HTTP: closed, without HTTP: yes
rubbish: closed, without HTTP: yes
a record too long: closed, without HTTP: yes
200 hello
3
