--TEST--
getTls() tells version, cipher, ALPN and server name over TLS, and null on a plain port
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

echo h1(serve('fn ($r) => [$r->getTls()]')->url())->body, "\n";
$server = serve('fn ($r) => [$r->getTls()->version, $r->getTls()->cipher, $r->getTls()->alpn, $r->getTls()->serverName]', tls: 'Sluice\Tls::selfSigned()');
echo h1($server->url())->body, "\n";
echo h2($server->url())->body, "\n";
echo h1($server->url(), '--no-alpn')->body, "\n";
echo h1($server->url(), '--tls-max', '1.2')->body, "\n";
echo h2("https://localhost:{$server->port}/", '--tls13-ciphers', 'TLS_CHACHA20_POLY1305_SHA256')->body, "\n";
$server = serve('fn ($r) => attempt(function () use ($r) { $r->getTls()->version = "x"; })', tls: 'Sluice\Tls::selfSigned()');
echo h1($server->url())->body, "\n";
?>
--EXPECTF--
[null]
["TLSv1.3","TLS13_AES_%d_GCM_SHA%d","http\/1.1",null]
["TLSv1.3","TLS13_AES_%d_GCM_SHA%d","h2",null]
["TLSv1.3","TLS13_AES_%d_GCM_SHA%d",null,null]
["TLSv1.2","TLS_ECDHE_ECDSA_WITH_AES_%d_GCM_SHA%d","http\/1.1",null]
["TLSv1.3","TLS13_CHACHA20_POLY1305_SHA256","h2","localhost"]
Error: %sTlsInfo::$version%S
