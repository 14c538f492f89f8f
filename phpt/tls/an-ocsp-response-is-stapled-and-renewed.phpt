--TEST--
An OCSP response is stapled to the certificate that it is for, openssl verifies it, and a new one is served when its file changes
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$authority = issue('authority', ['authority.example']);
[$first, $shop] = [scratch('first'), scratch('shop')];
foreach ([$first, $shop] as $serial => $name) {
    openssl_tool('req', '-new', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', "$name.key", '-out', "$name.csr", '-subj', '/CN=' . basename($name));
    file_put_contents("$name.ext", 'subjectAltName=DNS:' . basename($name) . '.example');
    openssl_tool('x509', '-req', '-in', "$name.csr", '-CA', $authority[0], '-CAkey', $authority[1], '-set_serial', (string) ($serial + 1), '-days', '2', '-extfile', "$name.ext", '-out', "$name.pem");
}
/** Has openssl's responder answer for a certificate: "V" it is good, "R" it was revoked. */
function respond(array $authority, string $name, int $serial, string $state): void
{
    $revoked = $state === 'R' ? gmdate('ymdHis\Z') : '';
    file_put_contents(scratch('index'), "$state\t" . gmdate('ymdHis\Z', time() + 86400) . "\t$revoked\t0$serial\tunknown\t/CN=x\n");
    openssl_tool('ocsp', '-issuer', $authority[0], '-cert', "$name.pem", '-no_nonce', '-reqout', "$name.request");
    openssl_tool('ocsp', '-index', scratch('index'), '-CA', $authority[0], '-rsigner', $authority[0], '-rkey', $authority[1], '-reqin', "$name.request", '-ndays', '1', '-respout', "$name.new");
    rename("$name.new", "$name.der");
}
respond($authority, $shop, 2, 'V');
$server = secured(tls_of(["$first.pem", "$first.key"]) . '->with("shop.example", ' . paths(["$shop.pem", "$shop.key"]) . ", ocsp: '$shop.der')");
function stapled(ServerProcess $server, array $authority, string $name, string $version): string
{
    $shaken = shake($server, '-status', $version, '-servername', $name, '-CAfile', $authority[0]);
    preg_match('/OCSP response: (no response sent)|OCSP Response Status: (\w+)/', $shaken->stdout, $response);
    preg_match('/Cert Status: (\w+)/', $shaken->stdout, $status);
    return end($response) . ' ' . ($status[1] ?? '');
}
foreach (['-tls1_2', '-tls1_3'] as $version) {
    foreach (['first.example', 'shop.example'] as $name) {
        echo "$version $name: ", stapled($server, $authority, $name, $version), "\n";
    }
}
file_put_contents(scratch('stapled.der'), file_get_contents("$shop.der"));
[$status, , $said] = command(['openssl', 'ocsp', '-respin', scratch('stapled.der'), '-issuer', $authority[0], '-cert', "$shop.pem", '-CAfile', $authority[0]]);
check('openssl verifies what is stapled', $status === 0 && str_contains($said, 'Response verify OK'), $said);
respond($authority, $shop, 2, 'R');
until('the new response', fn () => stapled($server, $authority, 'shop.example', '-tls1_3') === 'successful revoked');
echo json_encode(array_diff_key(tls_stats($server)['certificates'], ['served' => 0])), "\n";
file_put_contents("$shop.der", 'rubbish');
$server->waitFor("shop.example: OCSP response: the file \"$shop.der\" is not an OCSP response in DER");
echo stapled($server, $authority, 'shop.example', '-tls1_3'), "\n";
echo $server->stop(), "\n";
?>
--EXPECT--
-tls1_2 first.example: no response sent 
-tls1_2 shop.example: successful good
-tls1_3 first.example: no response sent 
-tls1_3 shop.example: successful good
openssl verifies what is stapled: yes
{"renewed":1,"refused":0}
successful revoked
0
