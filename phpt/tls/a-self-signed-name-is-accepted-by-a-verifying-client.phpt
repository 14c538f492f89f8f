--TEST--
A client that trusts the self-signed certificate accepts its names
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => "trusted"', tls: 'Sluice\Tls::selfSigned()');
[, $stdout] = command(['openssl', 's_client', '-connect', "127.0.0.1:{$server->port}", '-showcerts'], '');
preg_match('/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/s', $stdout, $pem);
file_put_contents($file = scratch_file('ca.pem'), $pem[0]);
[$status, $stdout] = command(['curl', '-q', '-sS', '--max-time', '10', '--cacert', $file, "https://localhost:{$server->port}/"]);
echo "$status $stdout\n";
[$status, $stdout] = command(['curl', '-q', '-sS', '--max-time', '10', '--cacert', $file, "https://127.0.0.1:{$server->port}/"]);
echo "$status $stdout\n";
?>
--EXPECT--
0 trusted
0 trusted
