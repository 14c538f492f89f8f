--TEST--
PKCS#8, SEC1 and PKCS#1 keys, PEM text and files, one file with both, and a chain are all read
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$forms = [];
foreach (['p256', 'rsa'] as $kind) {
    [$certificate, $key] = certificate($kind);
    $pkcs8 = file_get_contents($key);
    [, $old] = command(['openssl', 'pkey', '-in', $key, '-traditional']);
    $pem = file_get_contents($certificate);
    file_put_contents($both = scratch_file('both.pem'), $pkcs8 . $pem);
    file_put_contents($noisy = scratch_file('noisy.pem'), "Bag Attributes\n  friendlyName: x\n$pem");
    [$other] = certificate($kind);
    file_put_contents($chain = scratch_file('chain.pem'), $pem . file_get_contents($other));
    $forms += [
        "$kind files" => [$certificate, $key], "$kind text" => [$pem, $pkcs8], "$kind traditional" => [$pem, $old],
        "$kind one file" => [$both, $both], "$kind with comments" => [$noisy, $key], "$kind chain" => [$chain, $key],
        "$kind CRLF" => [str_replace("\n", "\r\n", $pem), str_replace("\n", "\r\n", $pkcs8)],
    ];
}
foreach ($forms as $what => [$certificate, $key]) {
    echo $what, ': ', attempt(fn () => new Sluice\Tls($certificate, $key)), "\n";
}
?>
--EXPECT--
p256 files: returned Sluice\Tls
p256 text: returned Sluice\Tls
p256 traditional: returned Sluice\Tls
p256 one file: returned Sluice\Tls
p256 with comments: returned Sluice\Tls
p256 chain: returned Sluice\Tls
p256 CRLF: returned Sluice\Tls
rsa files: returned Sluice\Tls
rsa text: returned Sluice\Tls
rsa traditional: returned Sluice\Tls
rsa one file: returned Sluice\Tls
rsa with comments: returned Sluice\Tls
rsa chain: returned Sluice\Tls
rsa CRLF: returned Sluice\Tls
