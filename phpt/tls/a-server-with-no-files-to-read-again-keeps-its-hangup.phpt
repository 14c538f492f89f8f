--TEST--
A server alone whose certificates are no files is ended by SIGHUP, as ever; reloadCertificates() does nothing
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pem = array_map(fn ($file) => var_export(file_get_contents($file), true), issue('text', ['x.example']));
foreach (['Sluice\Tls::selfSigned()', "new Sluice\\Tls({$pem[0]}, {$pem[1]})"] as $tls) {
    $server = secured($tls);
    echo get($server, '/renew')->body, ', ', json_encode(array_diff_key(tls_stats($server)['certificates'], ['served' => 0]));
    $server->signal(ServerProcess::SIGHUP);
    echo ', ends with ', $server->wait(), "\n";
}
?>
--EXPECT--
returned null, {"renewed":0,"refused":0}, ends with -1
returned null, {"renewed":0,"refused":0}, ends with -1
