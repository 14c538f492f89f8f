--TEST--
SIGHUP and reloadCertificates() read files again that no watch could have seen to change; the call throws for a broken pair, by listener
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pairs = array_map(fn ($label) => issue($label, ['shop.example']), ['a' => 'a', 'b' => 'b', 'c' => 'c']);
// What is written by another name of the same file, in another folder, no watch of the folder tells.
foreach (['outside', 'inside'] as $folder) {
    mkdir(scratch($folder));
}
$files = [scratch('inside/cert.pem'), scratch('inside/key.pem')];
foreach ($files as $i => $file) {
    copy($pairs['a'][$i], $outside = str_replace('/inside/', '/outside/', $file));
    link($outside, $file);
}
function unseen(array $pair): void
{
    copy($pair[0], scratch('outside/cert.pem'));
    copy($pair[1], scratch('outside/key.pem'));
}
// Two listeners with the same certificates.
$server = ServerProcess::run('$tls = ' . tls_of($files) . <<<'PHP'
    ;
    $server = new Sluice\Server();
    $server->handle(fn ($request) => $request->getPath() === '/stats' ? $server->stats() : attempt($server->reloadCertificates(...)));
    say($server->listen('tcp://127.0.0.1:0'), $server->listen('tcp://127.0.0.1:0', $tls), $server->listen('tcp://127.0.0.1:0', $tls->withRing(1024)));
    $server->start();
    PHP);
/** @return list<array{int, int}> how many were renewed and refused, by listener */
function counted(ServerProcess $server): array
{
    $listeners = array_slice(crew_stats($server)['listeners'], 1);
    return array_map(fn ($one) => [$one['certificates']['renewed'], $one['certificates']['refused']], $listeners);
}
echo 'at first ', shake($server->addresses[1]), ' ', shake($server->addresses[2]), "\n";
unseen($pairs['b']);
$server->signal(ServerProcess::SIGHUP);
await_shown($server, 'b', 'a');
echo 'after SIGHUP ', shake($server->addresses[2]), "\n";
until('it to be counted', fn () => counted($server) === [[1, 0], [1, 0]]);
unseen([$pairs['c'][0], $pairs['b'][1]]);
echo str_replace([$server->addresses[1], $server->addresses[2]], ['<one>', '<two>'], get($server, '/')->body), "\n";
echo 'after a broken pair ', shake($server->addresses[1]), ' ', shake($server->addresses[2]), "\n";
until('it to be counted', fn () => counted($server) === [[1, 1], [1, 1]]);
unseen($pairs['c']);
echo get($server, '/')->body, ', and at once ', shake($server->addresses[1]), ' ', shake($server->addresses[2]), "\n";
until('it to be counted', fn () => counted($server) === [[2, 1], [2, 1]]);
echo $server->stop(), "\n";
?>
--EXPECT--
at first a a
after SIGHUP b
Sluice\TlsException: <one>: Tls: the private key does not belong to the certificate; <two>: Tls: the private key does not belong to the certificate
after a broken pair b b
returned null, and at once c c
0
