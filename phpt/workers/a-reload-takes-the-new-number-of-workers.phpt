--TEST--
A reload takes the number of workers that the new code says, one too
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2', 'of 2'));
await_ready($server, 2);
$hammer = new Hammer($server);
foreach (['workers: 4' => 4, 'workers: 1' => 1, 'workers: 3' => 3] as $arguments => $count) {
    $server->rewrite(crew($arguments, "of $count"));
    $server->signal(ServerProcess::SIGHUP);
    $hammer->until("the code of $count", fn ($bodies) => array_unique($bodies) === ["of $count"]);
    $stats = await_stats($server, 'the old ones to be gone', fn ($stats) => count($stats['workers']) === $count && count(ready($stats)) === $count);
    echo "$arguments: ", count(array_unique(ready($stats))), " ready\n";
}
echo 'failed: ', $hammer->failed(), "\n", ending($server), "\n";
?>
--EXPECT--
workers: 4: 4 ready
workers: 1: 1 ready
workers: 3: 3 ready
failed: none
exit 0, nothing left behind
