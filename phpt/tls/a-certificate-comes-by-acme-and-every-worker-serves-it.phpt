--TEST--
Tls::acme() gets a certificate, every worker serves it, the next start keeps it, and no ordinary client sees a challenge
--EXTENSIONS--
sluice
openssl
--SKIPIF--
<?php
require __DIR__ . '/../_support/pebble.inc';
if (!has_pebble()) echo 'skip no pebble';
?>
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$ca = new Pebble();
$storage = scratch('acme');
$tls = sprintf(
    'Sluice\Tls::acme(%s, ["admin@example.com"], ["www.shop.test", "shop.test"], %s, %s)->withRing(4096)',
    ...array_map(fn ($value) => var_export($value, true), [$ca->directory, $storage, $ca->directoryCa]),
);
$script = <<<PHP
    \$server = new Sluice\Server(workers: 2);
    \$server->handle(fn () => (string) getmypid());
    say(\$server->listen('tcp://127.0.0.1:{$ca->port}', $tls));
    \$server->start();
    PHP;

/** The issuer of what a client is shown that trusts the CA, and who has answered. @return array{string, int} */
function asked(int $port, string $root, string $name): array
{
    $context = stream_context_create(['ssl' => ['cafile' => $root, 'peer_name' => $name, 'capture_peer_cert' => true]]);
    $client = @stream_socket_client("ssl://127.0.0.1:$port", $code, $why, 10, STREAM_CLIENT_CONNECT, $context);
    if (!$client) {
        return ['REFUSED', 0];
    }
    fwrite($client, "GET / HTTP/1.1\r\nHost: $name\r\nConnection: close\r\n\r\n");
    $pid = (int) explode("\r\n\r\n", stream_get_contents($client))[1];
    $shown = stream_context_get_params($client)['options']['ssl']['peer_certificate'];
    return [openssl_x509_parse($shown)['issuer']['CN'], $pid];
}

$server = ServerProcess::run($script);
$root = $ca->root();
$server->waitFor(': a certificate by CN=Pebble', seconds: 30);
$server->waitFor('the certificates were renewed', 2);
check('self-signed until then', str_contains($server->stderr, 'acme: shop.test, www.shop.test: no certificate yet: a self-signed one is served'));
$pids = [];
until('both workers', function () use ($server, $root, &$pids) {
    [$issuer, $pid] = asked($server->port, $root, ['shop.test', 'www.shop.test'][count($pids) % 2]);
    $pids[$pid] = str_starts_with($issuer, 'Pebble');
    return count($pids) === 2;
});
check('both serve it', !in_array(false, $pids, true));
[, $stdout] = command(['openssl', 's_client', '-connect', "127.0.0.1:{$server->port}", '-servername', 'shop.test', '-alpn', 'acme-tls/1']);
check('no challenge without an order', !str_contains($stdout, 'BEGIN CERTIFICATE'));
check('one has done the work', substr_count($server->stderr, ': a certificate by ') === 1);
check('it ends well', $server->stop() === 0);
check('no challenge is left', array_diff(scandir("$storage/challenges"), ['.', '..']) === []);
foreach (['', '/accounts', '/certificates'] as $folder) {
    check("$folder is private", (fileperms("$storage$folder") & 0777) === 0700);
}

$server = ServerProcess::run($script);
check('kept', str_starts_with(asked($server->port, $root, 'shop.test')[0], 'Pebble'));
check('in peace', $server->stop() === 0 && !str_contains($server->stderr, 'acme:'));
?>
--EXPECT--
self-signed until then: yes
both serve it: yes
no challenge without an order: yes
one has done the work: yes
it ends well: yes
no challenge is left: yes
 is private: yes
/accounts is private: yes
/certificates is private: yes
kept: yes
in peace: yes
