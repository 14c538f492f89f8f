--TEST--
ALPN chooses h2 or http/1.1; none means HTTP/1.1; no protocol in common fails the handshake and is counted
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => $r->getPath() === "/stats" ? $server->stats() : $r->getProtocolVersion() . " " . json_encode($r->getTls()->alpn)', tls: tls_code());
echo h1($server->url()), "\n", h2($server->url()), "\n", h1($server->url(), '--no-alpn'), "\n";
[$status, $stdout] = command(['openssl', 's_client', '-connect', "127.0.0.1:{$server->port}", '-alpn', 'spdy/9'], "GET / HTTP/1.0\r\n\r\n");
check('refused', $status !== 0 && !str_contains($stdout, '200 OK'));
$raw = new H2(Raw::tls($server->addresses[0], alpn: 'h2,http/1.1'));
$stream = $raw->request();
$raw->finish($stream);
echo $raw->body[$stream], "\n";
echo json_encode(json_decode(h1($server->url('/stats'))->body, true)['listeners'][0]['handshakes']), "\n";
?>
--EXPECT--
200 1.1 "http\/1.1"
200 2 "h2"
200 1.1 null
refused: yes
2 "h2"
{"ok":5,"failed":1}
