--TEST--
Reload after reload, and several at once, leave as many processes and listeners as there were
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2', 'version 0'));
await_ready($server, 2);
$children = count($server->children());
$hammer = new Hammer($server);
for ($i = 1; $i <= 5; $i++) {
    $server->rewrite(crew('workers: 2', "version $i"));
    for ($signals = 0; $signals < $i; $signals++) {
        $server->signal(ServerProcess::SIGHUP);
    }
    $hammer->until("version $i", fn ($bodies) => array_unique($bodies) === ["version $i"]);
}
await_stats($server, 'the old workers to be gone', fn ($stats) => count($stats['workers']) === 2 && count(ready($stats)) === 2);
until('as many processes as before', fn () => count($server->children()) === $children);
echo 'seen: ', count($hammer->bodies), ' versions, failed: ', $hammer->failed(), "\n";
echo ending($server), "\n";
?>
--EXPECT--
seen: 6 versions, failed: none
exit 0, nothing left behind
