--TEST--
Certificates with P-256, P-384, Ed25519 and RSA keys are verified by openssl over TLS 1.2 and 1.3, side by side on one listener
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pairs = [];
foreach (['p256', 'p384', 'ed25519', 'rsa'] as $kind) {
    $pairs[$kind] = issue($kind, ["$kind.example"], $kind);
}
$others = array_map(fn ($kind) => "->with('$kind.example', " . paths($pairs[$kind]) . ')', ['p384', 'ed25519', 'rsa']);
$server = secured(tls_of($pairs['p256']) . implode($others));
foreach ($pairs as $kind => [$certificate]) {
    foreach (['-tls1_2', '-tls1_3'] as $version) {
        $name = "$kind.example";
        $shaken = shake($server, $version, '-servername', $name, '-CAfile', $certificate, '-verify_hostname', $name, '-verify_return_error');
        echo "$version $shaken, {$shaken->signature}, ", str_contains($shaken->stdout, 'Verify return code: 0 (ok)') ? 'verified' : 'NOT VERIFIED', "\n";
    }
}
$server->finish();
?>
--EXPECT--
-tls1_2 p256, ECDSA, verified
-tls1_3 p256, ECDSA, verified
-tls1_2 p384, ECDSA, verified
-tls1_3 p384, ECDSA, verified
-tls1_2 ed25519, ed25519, verified
-tls1_3 ed25519, ed25519, verified
-tls1_2 rsa, RSA-PSS, verified
-tls1_3 rsa, RSA-PSS, verified
exit 0
