--TEST--
with(), withPolicy() and withTickets() refuse what cannot be, every mistake in one message with what would be right
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$tls = new Sluice\Tls(...issue('first', ['first.example']));
$shop = issue('shop', ['shop.example', '*.shop.example']);
$missing = scratch('missing.key');
function tell(callable $make): void
{
    echo str_replace(scratch(), '<scratch>', attempt($make)), "\n\n";
}
tell(fn () => $tls->with(['a b', 'other.example'], $shop[0], $missing));
tell(fn () => $tls->with(['shop.example', 'a.b.shop.example', 'x.example'], ...$shop));
tell(fn () => $tls->with(['', 'x.example'], ...$shop));
tell(fn () => $tls->with([], $shop[0], $missing));
tell(fn () => $tls->with(7, ...$shop));
tell(fn () => $tls->with(['x.example', 7], ...$shop));
tell(fn () => $tls->with('shop.example', ...$shop)->with(['www.shop.example', 'shop.example'], ...$shop));
tell(fn () => $tls->with('shop.example', $shop[0], $tls::class, ocsp: $shop[0]));
tell(fn () => $tls->withPolicy(minimumVersion: '1.1', ciphers: ['RC4-MD5'], groups: ['P-521', 'X25519', 'x25519'], alpn: ['h3']));
tell(fn () => $tls->withPolicy(groups: 'X25519'));
tell(fn () => $tls->withPolicy(ciphers: ['ECDHE-ECDSA-AES128-GCM-SHA256']));
tell(fn () => $tls->withTickets(9, 'short'));
tell(fn () => $tls->withTickets(-1));
echo attempt(fn () => $tls->with(['SHOP.example', '*.shop.example'], ...$shop)->withTickets(8, str_repeat('x', 32))->withPolicy()), "\n";
?>
--EXPECTF--
Sluice\TlsException: Tls: 2 mistakes: "a b" is not a host name as clients ask for it: letters, digits, hyphens and dots; other.example: private key: cannot read the file "<scratch>/missing.key": No such file or directory (os error 2)

Sluice\TlsException: Tls: 2 mistakes: a.b.shop.example: the certificate is for shop.example, *.shop.example, not for it; x.example: the certificate is for shop.example, *.shop.example, not for it

Sluice\TlsException: Tls: 2 mistakes: "" is not a host name as clients ask for it: letters, digits, hyphens and dots; x.example: the certificate is for shop.example, *.shop.example, not for it

Sluice\TlsException: Tls: 2 mistakes: a certificate needs a name that it is for; private key: cannot read the file "<scratch>/missing.key": No such file or directory (os error 2)

Sluice\ConfigException: Tls: names: it must be a list of strings

Sluice\ConfigException: Tls: names: it must be a list of strings

Sluice\TlsException: Tls: shop.example has two certificates with an elliptic key: one is enough

Sluice\TlsException: Tls: 2 mistakes: shop.example: private key: cannot read the file "Sluice\\Tls": No such file or directory (os error 2); shop.example: OCSP response: the file "<scratch>/%d-shop.pem" is not an OCSP response in DER

Sluice\ConfigException: Tls: 5 mistakes: minimumVersion: it must be "1.2" or "1.3", not "1.1"; ciphers: "RC4-MD5" is none of TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256; groups: "P-521" is none of X25519MLKEM768, X25519, secp256r1, secp384r1; groups: "x25519" is named twice; alpn: "h3" is none of h2, http/1.1

Sluice\ConfigException: Tls: groups: it must be a list of strings

Sluice\ConfigException: Tls: ciphers: none of them is for TLS 1.3; add TLS_AES_256_GCM_SHA384

Sluice\ConfigException: Tls: 2 mistakes: tickets: it must be 0 to 8, not 9; ticket secret: it must have at least 32 bytes, not 5; "openssl rand -hex 32" makes one

Sluice\ConfigException: Tls: tickets: it must be 0 to 8, not -1

returned Sluice\Tls
