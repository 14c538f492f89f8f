--TEST--
SIGTERM to a worker replaces that worker: what it has begun is finished, and no request fails; SIGINT and SIGHUP to it mean nothing
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2'));
await_ready($server, 2);
$clients = one_each($server, 2);
[$victim, $other] = array_keys($clients);
kill($victim, ServerProcess::SIGINT);
kill($victim, ServerProcess::SIGHUP);
check('it answers on', (string) ask($clients[$victim], '/pid') === "200 $victim");
$go = scratch_file('go');
$clients[$victim]->send("GET /wait?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('waiting');
$hammer = new Hammer($server);
kill($victim, ServerProcess::SIGTERM);
$pids = [];
$hammer->until('a replacement', function () use ($server, $victim, &$pids) {
    $pids = ready(crew_stats($server));
    return count($pids) === 2 && !in_array($victim, $pids, true);
});
check('the other is the same', in_array($other, $pids, true), $pids);
touch($go);
check('what was begun is finished', (string) $clients[$victim]->answer() === "200 $victim");
echo 'failed: ', $hammer->failed(), "\n";
check('it is no restart', crew_stats($server)['restarts'] === 0);
$ending = ending($server);
check('the log says why', str_contains($server->stderr, "worker $victim is replaced: SIGTERM"), $server->stderr);
echo $ending, "\n";
?>
--EXPECT--
it answers on: yes
the other is the same: yes
what was begun is finished: yes
failed: none
it is no restart: yes
the log says why: yes
exit 0, nothing left behind
