--TEST--
A second connection resumes the session by ticket, over TLS 1.2 and 1.3
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => "hello\n"', tls: tls_code());
foreach (['-tls1_2', '-tls1_3'] as $version) {
    $session = scratch_file('session');
    foreach (['-sess_out', '-sess_in'] as $way) {
        [, $stdout] = command(['openssl', 's_client', '-connect', "127.0.0.1:{$server->port}", $version, '-ign_eof', $way, $session], "GET / HTTP/1.0\r\n\r\n");
        echo $version, ' ', preg_match('/^(New|Reused), /m', $stdout, $m) ? $m[1] : 'NO HANDSHAKE', ' ', str_contains($stdout, 'hello') ? 'hello' : 'NO ANSWER', "\n";
    }
}
?>
--EXPECT--
-tls1_2 New hello
-tls1_2 Reused hello
-tls1_3 New hello
-tls1_3 Reused hello
