--TEST--
Files that change, and reloadCertificates() in one worker, change the certificates of all workers, and of those that come later
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pairs = array_map(fn ($label) => issue($label, ['shop.example']), ['a' => 'a', 'b' => 'b', 'c' => 'c']);
foreach (['outside', 'inside'] as $folder) {
    mkdir(scratch($folder));
}
$files = [scratch('inside/cert.pem'), scratch('inside/key.pem')];
copy($pairs['a'][0], $files[0]);
copy($pairs['a'][1], $files[1]);
$setup = '$answers = answers($server, "one"); $server->handle(fn ($r) => $r->getPath() === "/renew" ? attempt($server->reloadCertificates(...)) : $answers($r));';
$server = ServerProcess::run(crew('workers: 2', setup: $setup, tls: tls_of($files)));
$before = await_ready($server, 2);
function shown_by_all(ServerProcess $server, int $renewed): string
{
    await_stats($server, "$renewed renewals", fn ($stats) => $stats['listeners'][1]['certificates']['renewed'] === $renewed);
    $shown = [];
    for ($i = 0; $i < 8; $i++) {
        $shown[] = (string) shake($server);
    }
    return implode(' ', array_unique($shown));
}
echo 'at first: ', shown_by_all($server, 0), "\n";
replace_file($files[0], $pairs['b'][0]);
replace_file($files[1], $pairs['b'][1]);
echo 'when the files have changed: ', shown_by_all($server, 2), "\n";
// A worker that begins now is a fork of a process that has read the files of the first.
kill($before[0], ServerProcess::SIGKILL);
$now = await_ready($server, 2, without: [$before[0]]);
echo 'with a new worker: ', shown_by_all($server, 3), "\n";
// From here on under other names, where no watch tells.
foreach ($files as $i => $file) {
    link($file, str_replace('/inside/', '/outside/', $file));
}
copy($pairs['c'][0], scratch('outside/cert.pem'));
copy($pairs['c'][1], scratch('outside/key.pem'));
echo get($server, '/renew')->body, ': ', shown_by_all($server, 5), "\n";
check('no worker has ended for it', await_ready($server, 2) === $now);
copy($pairs['a'][0], scratch('outside/cert.pem'));
echo get($server, '/renew')->body === "Sluice\\TlsException: {$server->addresses[1]}: Tls: the private key does not belong to the certificate"
    ? 'a broken pair is refused' : 'NOT REFUSED', ': ', shown_by_all($server, 5), "\n";
echo ending($server), "\n";
?>
--EXPECT--
at first: a
when the files have changed: b
with a new worker: b
returned null: c
no worker has ended for it: yes
a broken pair is refused: c
exit 0, nothing left behind
