--TEST--
A fatal error in a worker: 500 for that request, the others of the worker finish, and it is replaced
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2'), ['memory_limit' => '64M']);
await_ready($server, 2);
$first = one_each($server, 2);
$second = one_each($server, 2);
[$victim, $other] = array_keys($first);
$go = scratch_file('go');
$first[$victim]->send("GET /wait?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('waiting');
echo 'the fatal one: ', ask($second[$victim], '/fatal'), "\n";
$pids = await_ready($server, 2, [$victim]);
check('the other worker is the same', in_array($other, $pids, true), $pids);
touch($go);
echo 'another of the same worker: ', (string) $first[$victim]->answer() === "200 $victim" ? 'answered' : 'NOT ANSWERED', "\n";
echo 'the other worker: ', (string) ask($first[$other], '/pid') === "200 $other" ? 'answers' : 'DOES NOT ANSWER', "\n";
check('new connections are answered', (string) get($server) === '200 one');
$ending = ending($server);
check('the log says why', preg_match('/^\[sluice\] .*fatal/mi', $server->stderr) === 1, $server->stderr);
echo $ending, "\n";
?>
--EXPECT--
the fatal one: 500 Internal Server Error
the other worker is the same: yes
another of the same worker: answered
the other worker: answers
new connections are answered: yes
the log says why: yes
exit 0, nothing left behind
