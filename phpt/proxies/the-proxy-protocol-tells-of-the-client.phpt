--TEST--
Proxies: protocol: a header of version 1 or 2 tells of the client, on plain ports, TLS and unix sockets, before HTTP/1 and HTTP/2
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$path = scratch('a.sock');
$who = WHO;
$server = ServerProcess::run(<<<PHP
    \$proxies = new Sluice\Proxies(['127.0.0.1', 'unix'], protocol: 'required');
    \$server = new Sluice\Server();
    \$server->handle(fn (\$request) => \$request->getPath() === '/stats' ? \$server->stats() : ($who)(\$request));
    say(
        \$server->listen('tcp://127.0.0.1:0', null, \$proxies),
        \$server->listen('tcp://127.0.0.1:0', Sluice\Tls::selfSigned(), \$proxies),
        \$server->listen('unix://$path', proxies: \$proxies),
        \$server->listen('tcp://127.0.0.1:0'),
    );
    \$server->start();
    PHP);
$request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
$headers = [
    'version 1' => "PROXY TCP4 192.0.2.7 198.51.100.2 12345 443\r\n",
    'version 1, IPv6' => "PROXY TCP6 2001:db8::7 2001:db8::2 12345 443\r\n",
    'version 2' => proxy_v2('192.0.2.7'),
    'version 2, IPv6' => proxy_v2('2001:db8::7', '2001:db8::2'),
    'version 2, extensions' => proxy_v2('192.0.2.7', extensions: pack('Cn', 4, 300) . str_repeat('x', 300)),
];
foreach ($headers as $name => $header) {
    $tls = Raw::tls($server->addresses[1], before: $header);
    $tls->send($request);
    $answers = ['TLS' => $tls->answer()];
    foreach (['plain' => 0, 'unix' => 2] as $kind => $listener) {
        $raw = Raw::connect($server->addresses[$listener]);
        $raw->send($header . $request);
        $answers[$kind] = $raw->answer();
    }
    foreach ([null, 'h2'] as $alpn) {
        $raw = $alpn === null ? Raw::connect($server->addresses[0]) : Raw::tls($server->addresses[1], alpn: $alpn, before: $header);
        $alpn === null && $raw->send($header);
        $h2 = new H2($raw);
        $stream = $h2->request();
        $h2->finish($stream);
        $answers[$alpn ?? 'h2c'] = $answer = new Answer();
        $answer->body = $h2->body[$stream];
    }
    echo "$name: ", implode(', ', array_map(fn ($kind) => "$kind " . who($answers[$kind]), array_keys($answers))), ', ',
        json_decode($answers['unix']->body)[4], "\n";
}
foreach (['UNKNOWN' => "PROXY UNKNOWN\r\n", 'LOCAL' => proxy_v2()] as $name => $header) {
    $raw = Raw::connect($server->addresses[0]);
    $raw->send($header . $request);
    check("$name is the proxy itself", preg_match('~^127\.0\.0\.1 \d\d+ http$~', $who = who($raw->answer())) === 1, $who);
    $raw = Raw::connect($server->addresses[2]);
    $raw->send($header . $request);
    echo json_encode(who($raw->answer())), "\n";
}
foreach (['no header' => $request, 'a broken one' => "PROXY TCP4 192.0.2.7\r\n$request", 'a long one' => proxy_v2('192.0.2.7', extensions: str_repeat('x', 5000))] as $name => $bytes) {
    $raw = Raw::connect($server->addresses[0]);
    $raw->send($bytes);
    check("$name ends the connection", $raw->readAll() === '');
}
echo json_encode(array_column(json_decode(h1($server->url('/stats', 3))->body, true)['listeners'], 'proxyHeaders')), "\n";
$server->finish();
?>
--EXPECT--
version 1: TLS 192.0.2.7 12345 https, plain 192.0.2.7 12345 http, unix 192.0.2.7 12345 http, h2c 192.0.2.7 12345 http, h2 192.0.2.7 12345 https, tcp://198.51.100.2:443
version 1, IPv6: TLS 2001:db8::7 12345 https, plain 2001:db8::7 12345 http, unix 2001:db8::7 12345 http, h2c 2001:db8::7 12345 http, h2 2001:db8::7 12345 https, tcp://[2001:db8::2]:443
version 2: TLS 192.0.2.7 12345 https, plain 192.0.2.7 12345 http, unix 192.0.2.7 12345 http, h2c 192.0.2.7 12345 http, h2 192.0.2.7 12345 https, tcp://198.51.100.2:443
version 2, IPv6: TLS 2001:db8::7 12345 https, plain 2001:db8::7 12345 http, unix 2001:db8::7 12345 http, h2c 2001:db8::7 12345 http, h2 2001:db8::7 12345 https, tcp://[2001:db8::2]:443
version 2, extensions: TLS 192.0.2.7 12345 https, plain 192.0.2.7 12345 http, unix 192.0.2.7 12345 http, h2c 192.0.2.7 12345 http, h2 192.0.2.7 12345 https, tcp://198.51.100.2:443
UNKNOWN is the proxy itself: yes
" 0 http"
LOCAL is the proxy itself: yes
" 0 http"
no header ends the connection: yes
a broken one ends the connection: yes
a long one ends the connection: yes
[{"ok":12,"failed":3},{"ok":10,"failed":0},{"ok":7,"failed":0},{"ok":0,"failed":0}]
exit 0
