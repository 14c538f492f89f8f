--TEST--
A TLS session of one worker is resumed by each of the others, over TLS 1.2 and 1.3
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 4', tls: tls_code()));
await_ready($server, 4);
$port = (int) substr(strrchr($server->addresses[1], ':'), 1);
/** Starts an openssl that asks for a path and keeps what it prints. @return array{resource, string} */
function openssl(int $port, string $version, string $path, string ...$more): array
{
    $input = scratch_file('request');
    $output = scratch_file('output');
    file_put_contents($input, "GET $path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    $command = ['openssl', 's_client', '-connect', "127.0.0.1:$port", $version, '-ign_eof', ...$more];
    return [proc_open($command, [['file', $input, 'r'], ['file', $output, 'w'], ['file', '/dev/null', 'w']], $pipes), $output];
}
/** Waits for its end. @return array{string, string} "New" or "Reused", and the body */
function openssl_said(array $openssl): array
{
    [$process, $output] = $openssl;
    until('openssl to end', fn () => !proc_get_status($process)['running']);
    $text = file_get_contents($output);
    preg_match('/^(New|Reused), /m', $text, $kind);
    preg_match('/\r\n\r\n(\d+)/', $text, $body);
    return [$kind[1] ?? 'NO HANDSHAKE', $body[1] ?? 'NO ANSWER'];
}
/** One connection to each worker, which are kept busy until all are connected, all with one session. */
function to_each(ServerProcess $server, int $port, string $version, string $session): string
{
    $go = scratch_file('go');
    $held = substr_count($server->stdout, 'holding');
    $connections = [];
    for ($i = 1; $i <= 4; $i++) {
        $connections[] = openssl($port, $version, "/hold?go=$go", '-sess_in', $session);
        $server->waitFor('holding', $held + $i);
    }
    touch($go);
    $said = array_map(openssl_said(...), $connections);
    return implode(' ', array_column($said, 0)) . ' by ' . count(array_unique(array_column($said, 1))) . ' workers';
}
$sessions = [];
foreach (['-tls1_2', '-tls1_3'] as $version) {
    $sessions[$version] = scratch_file('session');
    [$first] = openssl_said(openssl($port, $version, '/pid', '-sess_out', $sessions[$version]));
    echo "$version: $first, then ", to_each($server, $port, $version, $sessions[$version]), "\n";
}
echo ending($server), "\n";
?>
--EXPECT--
-tls1_2: New, then Reused Reused Reused Reused by 4 workers
-tls1_3: New, then Reused Reused Reused Reused by 4 workers
exit 0, nothing left behind
