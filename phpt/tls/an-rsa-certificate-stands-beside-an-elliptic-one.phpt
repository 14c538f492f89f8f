--TEST--
A name has an elliptic and an RSA certificate: the client's signature schemes and suites decide, whichever came first
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pairs = ['elliptic' => issue('elliptic', ['shop.example']), 'rsa' => issue('rsa', ['shop.example'], 'rsa')];
$clients = [
    'TLS 1.3, any' => ['-tls1_3'],
    'TLS 1.3, ECDSA' => ['-tls1_3', '-sigalgs', 'ECDSA+SHA256'],
    'TLS 1.3, RSA' => ['-tls1_3', '-sigalgs', 'RSA-PSS+SHA256'],
    'TLS 1.2, any' => ['-tls1_2'],
    'TLS 1.2, ECDSA' => ['-tls1_2', '-sigalgs', 'ECDSA+SHA256'],
    'TLS 1.2, RSA' => ['-tls1_2', '-sigalgs', 'RSA+SHA256'],
    'TLS 1.2, suites for RSA' => ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'],
];
foreach ([['elliptic', 'rsa'], ['rsa', 'elliptic']] as [$first, $second]) {
    $server = secured(tls_of($pairs[$first]) . '->with("shop.example", ' . paths($pairs[$second]) . ')');
    echo "first $first\n";
    foreach ($clients as $what => $options) {
        $named = shake($server, '-servername', 'shop.example', ...$options);
        $unnamed = shake($server, '-noservername', ...$options);
        echo "  $what: $named, {$named->signature}; with no name $unnamed\n";
    }
    $server->stop();
}
?>
--EXPECT--
first elliptic
  TLS 1.3, any: elliptic, ECDSA; with no name elliptic
  TLS 1.3, ECDSA: elliptic, ECDSA; with no name elliptic
  TLS 1.3, RSA: rsa, RSA-PSS; with no name rsa
  TLS 1.2, any: elliptic, ECDSA; with no name elliptic
  TLS 1.2, ECDSA: elliptic, ECDSA; with no name elliptic
  TLS 1.2, RSA: rsa, RSA; with no name rsa
  TLS 1.2, suites for RSA: rsa, RSA-PSS; with no name rsa
first rsa
  TLS 1.3, any: elliptic, ECDSA; with no name elliptic
  TLS 1.3, ECDSA: elliptic, ECDSA; with no name elliptic
  TLS 1.3, RSA: rsa, RSA-PSS; with no name rsa
  TLS 1.2, any: elliptic, ECDSA; with no name elliptic
  TLS 1.2, ECDSA: elliptic, ECDSA; with no name elliptic
  TLS 1.2, RSA: rsa, RSA; with no name rsa
  TLS 1.2, suites for RSA: rsa, RSA-PSS; with no name rsa
