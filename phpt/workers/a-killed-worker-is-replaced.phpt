--TEST--
A worker that is killed is replaced, and connections to the others go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 3'));
await_ready($server, 3);
$clients = one_each($server, 3);
[$victim, $other, $third] = array_keys($clients);
$go = scratch_file('go');
$clients[$other]->send("GET /wait?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('waiting');
kill($victim, ServerProcess::SIGKILL);
check('its connection is closed', $clients[$victim]->readAll() === '');
$pids = await_ready($server, 3, [$victim]);
check('the others are the same', array_diff([$other, $third], $pids) === [], $pids);
echo 'another connection goes on: ', (string) ask($clients[$third], '/pid') === "200 $third" ? 'yes' : 'NO', "\n";
touch($go);
echo 'a request goes on: ', (string) $clients[$other]->answer() === "200 $other" ? 'yes' : 'NO', "\n";
$stats = crew_stats($server);
echo 'restarts ', $stats['restarts'], ', reloads ', $stats['reloads'], "\n";
[$new] = array_values(array_diff($pids, [$other, $third]));
check('the new one answers', in_array($new, array_keys(one_each($server, 3)), true));
echo ending($server), "\n";
?>
--EXPECT--
its connection is closed: yes
the others are the same: yes
another connection goes on: yes
a request goes on: yes
restarts 1, reloads 0
the new one answers: yes
exit 0, nothing left behind
