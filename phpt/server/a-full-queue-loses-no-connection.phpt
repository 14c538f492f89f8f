--TEST--
Connections that find the kernel's queue full, because a handler keeps the process busy, are made and answered later
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

const CLIENTS = 8;

/** How often a connection has found a queue full on this machine. */
function overflows(): int
{
    $lines = array_values(preg_grep('/^TcpExt:/', file('/proc/net/netstat')));
    [$names, $numbers] = array_map(fn ($line) => explode(' ', trim($line)), $lines);
    return (int) array_combine($names, $numbers)['ListenOverflows'];
}

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server();
    $server->handle(answers($server, 'answered'));
    say($server->listen('systemd://0'));
    $server->start();
    PHP, through: handing_over('tcp://127.0.0.1:0/1'));
$go = scratch('go');
$holding = Raw::connect($server->addresses[0]);
$holding->send("GET /hold?go=" . urlencode($go) . " HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('holding');

// Connections that are not waited for: most of them find the queue full, and their system tries again by itself.
$before = overflows();
$waiting = [];
for ($i = 0; $i < CLIENTS; $i++) {
    $waiting[] = stream_socket_client($server->addresses[0], $number, $message, 30,
        STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
}
until('the queue to be full', fn () => overflows() > $before);
touch($go);
foreach ($waiting as $client) {
    $write = [$client];
    $none = null;
    stream_select($none, $write, $none, 30);
    fwrite($client, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
}
$bodies = array_map(fn ($client) => explode("\r\n\r\n", stream_get_contents($client))[1] ?? 'NOTHING', $waiting);
echo json_encode(array_count_values($bodies)), "\n";
echo 'exit ', $server->stop(), "\n", $server->stderr;
?>
--EXPECT--
{"answered":8}
exit 0
