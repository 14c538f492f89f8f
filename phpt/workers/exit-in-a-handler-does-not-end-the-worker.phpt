--TEST--
exit() in a handler ends its request, not the worker
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2'));
$pids = await_ready($server, 2);
$clients = one_each($server, 2);
foreach ($clients as $client) {
    echo 'exit: ', ask($client, '/exit')->status, "\n";
}
foreach ($clients as $pid => $client) {
    echo 'then: ', (string) ask($client, '/pid') === "200 $pid" ? 'the same worker answers' : 'NOT THE SAME', "\n";
}
$stats = crew_stats($server);
check('the same workers', ready($stats) === $pids, $stats['workers']);
echo 'restarts ', $stats['restarts'], "\n", ending($server), "\n";
?>
--EXPECTF--
exit: %r200|500%r
exit: %r200|500%r
then: the same worker answers
then: the same worker answers
the same workers: yes
restarts 0
exit 0, nothing left behind
