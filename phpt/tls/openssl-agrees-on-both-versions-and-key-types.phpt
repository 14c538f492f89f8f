--TEST--
openssl s_client verifies P-256 and RSA certificates over TLS 1.2 and 1.3, and sees a proper close_notify
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['p256', 'rsa'] as $kind) {
    [$certificate, $key] = certificate($kind);
    $server = serve('fn ($r) => $r->getTls()->version . "\n"', tls: "new Sluice\\Tls('$certificate', '$key')");
    foreach (['-tls1_2', '-tls1_3'] as $version) {
        [$status, $stdout, $stderr] = command(
            ['openssl', 's_client', '-connect', "127.0.0.1:{$server->port}", $version, '-CAfile', $certificate, '-verify_return_error', '-verify_hostname', 'localhost', '-ign_eof'],
            "GET / HTTP/1.0\r\n\r\n",
        );
        preg_match('/^Peer signature type: (.*)$/m', $stdout, $signature);
        echo "$kind $version exit $status, ", $signature[1] ?? '?', ', ', preg_match('/^(TLSv1\.\d)$/m', $stdout, $m) ? $m[1] : 'NO ANSWER', ', ',
            str_contains($stdout, 'Verify return code: 0 (ok)') ? 'verified' : 'NOT VERIFIED', ', ', str_contains($stderr, 'unexpected eof') ? 'NO CLOSE_NOTIFY' : 'closed', "\n";
    }
    [$status] = command(['openssl', 's_client', '-connect', "127.0.0.1:{$server->port}", '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'], "x\n");
    check('TLS 1.1 is refused', $status !== 0);
    $server->stop();
}
?>
--EXPECT--
p256 -tls1_2 exit 0, ECDSA, TLSv1.2, verified, closed
p256 -tls1_3 exit 0, ECDSA, TLSv1.3, verified, closed
TLS 1.1 is refused: yes
rsa -tls1_2 exit 0, RSA-PSS, TLSv1.2, verified, closed
rsa -tls1_3 exit 0, RSA-PSS, TLSv1.3, verified, closed
TLS 1.1 is refused: yes
