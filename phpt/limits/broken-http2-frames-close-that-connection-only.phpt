--TEST--
Frames that break HTTP/2 end their connection with a GOAWAY, and the server serves on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => "ok"');
foreach ([
    'DATA on stream 0' => H2::frame(H2::DATA, 0, 0, 'x'),
    'HEADERS on an even stream' => H2::frame(H2::HEADERS, 5, 2, "\x82\x84\x86"),
    'a frame too long' => H2::frame(H2::DATA, 0, 1, str_repeat('x', 20000)),
    'broken HPACK' => H2::frame(H2::HEADERS, 5, 1, "\xff\xff\xff\xff\xff\xff\xff"),
    'WINDOW_UPDATE of 0' => H2::frame(H2::WINDOW_UPDATE, 0, 0, "\0\0\0\0"),
    'window past 2^31' => H2::frame(H2::WINDOW_UPDATE, 0, 0, "\x7f\xff\xff\xff"),
    'CONTINUATION without HEADERS' => H2::frame(H2::CONTINUATION, 4, 1, 'x'),
    'PING of 4 bytes' => H2::frame(H2::PING, 0, 0, 'xxxx'),
] as $what => $bytes) {
    $h2 = H2::plain($server);
    $h2->raw->send($bytes);
    $h2->until(fn () => $h2->closed, 'the connection to close');
    check($what, $h2->goaway > 0, $h2->goaway);
}
foreach ([
    'upper-case name' => ['X-Upper' => 'x'],
    'connection header' => ['connection' => 'close'],
    'transfer-encoding' => ['transfer-encoding' => 'chunked'],
] as $what => $headers) {
    $h2 = H2::plain($server);
    $stream = $h2->request(headers: $headers);
    $h2->finish($stream);
    check($what, $h2->closed || isset($h2->reset[$stream]) || $h2->status[$stream] !== 200, $h2->status);
    $h2->raw->close();
}
echo h2($server->url()), "\n";
$server->finish();
?>
--EXPECT--
DATA on stream 0: yes
HEADERS on an even stream: yes
a frame too long: yes
broken HPACK: yes
WINDOW_UPDATE of 0: yes
window past 2^31: yes
CONTINUATION without HEADERS: yes
PING of 4 bytes: yes
upper-case name: yes
connection header: yes
transfer-encoding: yes
200 ok
exit 0
