--TEST--
withClientCa() requires a certificate or welcomes it, and getTls() tells its facts over both protocols and TLS versions
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$ca = new ClientCa();
$alice = $ca->issue('alice', 'email:alice@example.org, DNS:Alice.Example, IP:127.0.0.1, URI:spiffe://shop/alice');
$bob = (new ClientCa('others'))->issue('bob');
$late = $ca->issue('late', '', '-startdate', '20200101000000Z', '-enddate', '20200102000000Z');
$handler = <<<'PHP'
    function ($request) {
        $client = $request->getTls()->clientCertificate;
        return match (true) {
            $client === null => 'nobody',
            $request->getPath() === '/pem' => $client->getPem(),
            $request->getPath() === '/tried' => array_map(attempt(...), [
                fn () => clone $client, fn () => serialize($client), fn () => new Sluice\ClientCertificate(),
                function () use ($client) { $client->subject = 'root'; },
            ]),
            default => (array) $client,
        };
    }
    PHP;
[$certificate, $key] = certificate();
foreach (['required' => 'true', 'welcome' => 'false'] as $mode => $required) {
    $server = serve($handler, tls: "(new Sluice\\Tls('$certificate', '$key'))->withClientCa('$ca->file', $required)");
    foreach (protocols() as $protocol => $ask) {
        foreach (['1.2', '1.3'] as $version) {
            $ways = ["--tlsv$version", '--tls-max', $version];
            $facts = json_decode($ask($server->url(), ...$ways, ...showing($alice))->body, true);
            $parsed = openssl_x509_parse(file_get_contents($alice[0]));
            $expected = [
                'subject' => 'O=Shop, CN=alice', 'issuer' => 'CN=clients',
                'names' => ['alice@example.org', 'alice.example', '127.0.0.1', 'spiffe://shop/alice'],
                'serial' => strtolower($parsed['serialNumberHex']),
                'fingerprint' => openssl_x509_fingerprint(file_get_contents($alice[0]), 'sha256'),
                'notBefore' => $parsed['validFrom_time_t'], 'notAfter' => $parsed['validTo_time_t'],
            ];
            $facts = (array) $facts;
            ksort($facts);
            ksort($expected);
            check("$mode $protocol $version: all facts", $facts === $expected, [$facts, $expected]);
            $pem = $ask($server->url('/pem'), ...$ways, ...showing($alice))->body;
            check("$mode $protocol $version: the certificate itself", $pem === file_get_contents($alice[0]), $pem);
            echo "$mode $protocol $version: ", $ask($server->url(), ...$ways), "\n";
        }
    }
    foreach (['1.2', '1.3'] as $version) {
        foreach (['none' => null, 'a stranger' => $bob, 'expired' => $late] as $who => $shown) {
            if ($shown !== null || $mode === 'required') {
                echo "$mode $version: $who: ", alerted($server, $version, ...$shown ? ['-cert', $shown[0], '-key', $shown[1]] : []), "\n";
            }
        }
    }
    foreach (json_decode(h1($server->url('/tried'), ...showing($alice))->body) as $tried) {
        check('refused', str_contains($tried, 'ClientCertificate'), $tried);
    }
    $server->finish();
}
?>
--EXPECTF--
required h1 1.2: all facts: yes
required h1 1.2: the certificate itself: yes
required h1 1.2: 0  (curl %d)
required h1 1.3: all facts: yes
required h1 1.3: the certificate itself: yes
required h1 1.3: 0  (curl %d)
required h2 1.2: all facts: yes
required h2 1.2: the certificate itself: yes
required h2 1.2: 0  (curl %d)
required h2 1.3: all facts: yes
required h2 1.3: the certificate itself: yes
required h2 1.3: 0  (curl %d)
required 1.2: none: %Scertificate required
required 1.2: a stranger: %Sunknown ca
required 1.2: expired: %Scertificate expired
required 1.3: none: %Scertificate required
required 1.3: a stranger: %Sunknown ca
required 1.3: expired: %Scertificate expired
refused: yes
refused: yes
refused: yes
refused: yes
exit 0
welcome h1 1.2: all facts: yes
welcome h1 1.2: the certificate itself: yes
welcome h1 1.2: 200 nobody
welcome h1 1.3: all facts: yes
welcome h1 1.3: the certificate itself: yes
welcome h1 1.3: 200 nobody
welcome h2 1.2: all facts: yes
welcome h2 1.2: the certificate itself: yes
welcome h2 1.2: 200 nobody
welcome h2 1.3: all facts: yes
welcome h2 1.3: the certificate itself: yes
welcome h2 1.3: 200 nobody
welcome 1.2: a stranger: %Sunknown ca
welcome 1.2: expired: %Scertificate expired
welcome 1.3: a stranger: %Sunknown ca
welcome 1.3: expired: %Scertificate expired
refused: yes
refused: yes
refused: yes
refused: yes
exit 0
