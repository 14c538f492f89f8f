--TEST--
A second connection resumes the session by ticket, by id, and by what is kept for early data
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$ways = ['-tls1_2', '-tls1_2 -no_ticket', '-tls1_3'];
foreach ([tls_code(ring: 1024) => 'tickets', '(' . tls_code(ring: 1024) . ')->withEarlyData()' => 'kept'] as $tls => $name) {
    $server = serve('fn () => Body::of(300000)', tls: $tls);
    foreach ($ways as $way) {
        $session = scratch_file('session');
        $said = [];
        $client = ['openssl', 's_client', '-connect', "127.0.0.1:{$server->port}", '-ign_eof', ...explode(' ', $way), '-sess_out', $session];
        foreach ([[], ['-sess_in', $session]] as $known) {
            // Without its own words on the output the body is all there is; the words are on the last connection's.
            [, $body] = command([...$client, '-quiet', ...$known], "GET / HTTP/1.0\r\n\r\n");
            $body = substr($body, strpos($body, "\r\n\r\n") + 4);
            $whole = strlen($body) === 300000 && hash('sha256', $body) === Body::sha256(300000);
            $said[] = $whole ? 'whole' : 'BROKEN';
        }
        [, $words] = command([...$client, '-sess_in', $session], "HEAD / HTTP/1.0\r\n\r\n");
        $said[] = preg_match('/^(New|Reused), /m', $words, $m) ? $m[1] : 'NO HANDSHAKE';
        echo "$name $way: ", implode(' ', $said), "\n";
    }
    $server->stop();
}
?>
--EXPECT--
tickets -tls1_2: whole whole Reused
tickets -tls1_2 -no_ticket: whole whole Reused
tickets -tls1_3: whole whole Reused
kept -tls1_2: whole whole Reused
kept -tls1_2 -no_ticket: whole whole Reused
kept -tls1_3: whole whole Reused
