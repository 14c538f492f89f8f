--TEST--
A client that a renewed list revokes is refused from then on, even with a session to resume; the others are served
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$ca = new ClientCa();
[$alice, $bob] = [$ca->issue('alice'), $ca->issue('bob')];
$list = scratch_file('clients.crl');
$ca->list($list);
[$certificate, $key] = certificate();
$server = serve(
    'fn ($request) => $request->getTls()->clientCertificate->subject . "\n"',
    tls: "(new Sluice\\Tls('$certificate', '$key'))->withClientCa('$ca->file', crl: '$list')",
);
$session = ['1.2' => scratch_file('session'), '1.3' => scratch_file('session')];
$resume = function (string $version, string $way) use ($server, $bob, $session): string {
    [, $stdout, $stderr] = command(
        ['openssl', 's_client', '-connect', "127.0.0.1:{$server->port}", '-tls' . strtr($version, '.', '_'), '-ign_eof',
            '-cert', $bob[0], '-key', $bob[1], $way, $session[$version]],
        "GET / HTTP/1.0\r\n\r\n",
    );
    return preg_match('/alert ([^:]+):/', $stderr, $alert) ? $alert[1]
        : (preg_match('/^(New|Reused), /m', $stdout, $kind) ? $kind[1] : 'NO HANDSHAKE')
        . ' ' . (preg_match('/^(O=.*)$/m', $stdout, $who) ? $who[1] : 'NO ANSWER');
};
foreach (['1.2', '1.3'] as $version) {
    echo "$version ", $resume($version, '-sess_out'), "\n";
    echo "$version ", $resume($version, '-sess_in'), "\n";
}
$ca->revoke($bob[0]);
$ca->list($list);
$server->waitFor('the certificates were renewed');
foreach (['1.2', '1.3'] as $version) {
    echo "$version ", $resume($version, '-sess_in'), "\n";
    $answer = h1($server->url(), '--tlsv1.2', '--tls-max', $version, ...showing($bob));
    check('refused', $answer->exit !== 0 && str_contains($answer->error, 'certificate revoked'), $answer->error);
    echo h2($server->url(), '--tlsv1.2', '--tls-max', $version, ...showing($alice)), "\n";
}
// A list that is broken or over is not taken.
file_put_contents($list, "nonsense\n");
$server->waitFor('the certificates of before serve on: Tls: revocation list: ');
echo h1($server->url(), ...showing($alice)), "\n";
check('still refused', h1($server->url(), ...showing($bob))->exit !== 0);
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
1.2 New O=Shop, CN=bob
1.2 Reused O=Shop, CN=bob
1.3 New O=Shop, CN=bob
1.3 Reused O=Shop, CN=bob
1.2 certificate revoked
refused: yes
200 O=Shop, CN=alice
1.3 certificate revoked
refused: yes
200 O=Shop, CN=alice
200 O=Shop, CN=alice
still refused: yes
exit 0
