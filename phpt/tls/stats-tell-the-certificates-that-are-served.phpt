--TEST--
stats() tells names, subject, issuer, serial number, time and fingerprint of each certificate, as openssl reads them
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pairs = [issue('first', ['first.example']), issue('shop', ['Shop.example', '*.shop.example'], 'rsa')];
$server = secured(tls_of($pairs[0]) . '->with("shop.example", ' . paths($pairs[1]) . ')');
[$plain, $secure] = crew_stats($server)['listeners'];
echo json_encode($plain['certificates']), ' ', json_encode(array_diff_key($secure['certificates'], ['served' => 0])), "\n";
foreach ($secure['certificates']['served'] as $i => $served) {
    $pem = file_get_contents($pairs[$i][0]);
    $read = openssl_x509_parse($pem);
    echo json_encode($served['names']), " {$served['subject']} by {$served['issuer']}\n";
    check('serial', $served['serial'] === strtolower($read['serialNumberHex']), $served['serial']);
    check('fingerprint', $served['fingerprint'] === openssl_x509_fingerprint($pem, 'sha256'), $served['fingerprint']);
    check('time', [$served['notBefore'], $served['notAfter']] === [$read['validFrom_time_t'], $read['validTo_time_t']], $served);
    check('it is the one that clients get', openssl_x509_fingerprint(shake($server, '-servername', ['first.example', 'shop.example'][$i])->certificate, 'sha256') === $served['fingerprint']);
}
$server->finish();
?>
--EXPECT--
null {"renewed":0,"refused":0}
["first.example"] CN=first by CN=first
serial: yes
fingerprint: yes
time: yes
it is the one that clients get: yes
["shop.example","*.shop.example"] CN=shop by CN=shop
serial: yes
fingerprint: yes
time: yes
it is the one that clients get: yes
exit 0
