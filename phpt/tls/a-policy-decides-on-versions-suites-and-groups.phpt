--TEST--
A policy refuses old versions, prefers its suites in its order, and allows only its groups; each refusal is an alert
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pair = issue('shop', ['shop.example']);
function told(Shaken $shaken): string
{
    return $shaken->alert === null ? "{$shaken->cipher} {$shaken->group}" : (string) $shaken;
}
foreach (['Sluice\Tls::modern(' . paths($pair) . ')', tls_of($pair) . '->withPolicy(minimumVersion: "1.3")', 'Sluice\Tls::intermediate(' . paths($pair) . ')'] as $i => $tls) {
    $server = secured($tls);
    echo ['modern', '1.3', 'intermediate'][$i], ': 1.2 ', shake($server, '-tls1_2'), ', 1.3 ', shake($server, '-tls1_3'), "\n";
    if ($i === 2) {
        foreach (['TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256'] as $suites) {
            echo '  the client likes ', told(shake($server, '-tls1_3', '-ciphersuites', $suites, '-groups', 'P-256:X25519')), "\n";
        }
    }
    $server->stop();
}
$server = secured(tls_of($pair) . '->withPolicy(ciphers: ["TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"])->withPolicy(groups: ["secp384r1", "X25519"])');
foreach ([
    'suites' => ['-tls1_3'],
    'suites, the first of ours not known' => ['-tls1_3', '-ciphersuites', 'TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256'],
    'suites, none in common' => ['-tls1_3', '-ciphersuites', 'TLS_AES_256_GCM_SHA384'],
    '1.2, suites' => ['-tls1_2', '-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384'],
    '1.2, none in common' => ['-tls1_2', '-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
    'groups' => ['-tls1_3', '-groups', 'P-256:P-384'],
    'groups, none in common' => ['-tls1_3', '-groups', 'P-256'],
    '1.2, groups' => ['-tls1_2', '-groups', 'P-256:P-384'],
    '1.2, groups, none in common' => ['-tls1_2', '-groups', 'P-256'],
] as $what => $options) {
    echo "$what: ", told(shake($server, ...$options)), "\n";
}
echo $server->stop(), "\n";
?>
--EXPECT--
modern: 1.2 alert 70, 1.3 shop
1.3: 1.2 alert 70, 1.3 shop
intermediate: 1.2 shop, 1.3 shop
  the client likes TLS_AES_128_GCM_SHA256 prime256v1
  the client likes TLS_CHACHA20_POLY1305_SHA256 prime256v1
suites: TLS_CHACHA20_POLY1305_SHA256 X25519
suites, the first of ours not known: TLS_AES_128_GCM_SHA256 X25519
suites, none in common: alert 40
1.2, suites: ECDHE-ECDSA-AES256-GCM-SHA384 X25519
1.2, none in common: alert 40
groups: TLS_CHACHA20_POLY1305_SHA256 secp384r1
groups, none in common: alert 40
1.2, groups: ECDHE-ECDSA-AES256-GCM-SHA384 secp384r1
1.2, groups, none in common: alert 40
0
