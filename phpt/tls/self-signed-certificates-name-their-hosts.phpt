--TEST--
selfSigned() names its hosts, defaults to localhost and the loopback addresses, and is new each time
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$serials = [];
foreach (['' => ['localhost', '127.0.0.1', '::1'], "'example.test', '10.1.2.3'" => ['example.test', '10.1.2.3']] as $names => $expected) {
    $server = serve('fn () => "x"', tls: "Sluice\\Tls::selfSigned($names)");
    [, $stdout] = command(['openssl', 's_client', '-connect', "127.0.0.1:{$server->port}", '-showcerts'], '');
    preg_match('/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/s', $stdout, $pem);
    $parsed = openssl_x509_parse($pem[0]);
    $serials[] = $parsed['serialNumber'];
    preg_match_all('/(?:DNS|IP Address):([^\s,]+)/', $parsed['extensions']['subjectAltName'], $found);
    $found = array_map(fn ($name) => str_replace('0:0:0:0:0:0:0:1', '::1', $name), $found[1]);
    sort($found);
    sort($expected);
    check("names of selfSigned($names)", $found === $expected, $found);
    check('valid now and for three months', $parsed['validFrom_time_t'] <= time() && $parsed['validTo_time_t'] > time() + 89 * 86400);
    $server->stop();
}
check('another serial number each time', $serials[0] !== $serials[1], $serials);
echo attempt(fn () => Sluice\Tls::selfSigned('bad name!')), "\n";
echo strtok(attempt(fn () => Sluice\Tls::selfSigned("a\0b")), ':'), "\n";
echo attempt(fn () => Sluice\Tls::selfSigned('localhost', 1)), "\n";
?>
--EXPECTF--
names of selfSigned(): yes
valid now and for three months: yes
names of selfSigned('example.test', '10.1.2.3'): yes
valid now and for three months: yes
another serial number each time: yes
Sluice\TlsException: %sbad name!%S
Sluice\TlsException
Sluice\ConfigException: Tls: names: it must be a list of strings
