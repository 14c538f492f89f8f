--TEST--
stop() in a handler of one worker drains all of them, and the script goes on in the first process
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2', after: 'note("returned in " . getmypid()); exit(7);'));
await_ready($server, 2);
$clients = one_each($server, 2);
[$stopping, $other] = array_keys($clients);
$go = scratch_file('go');
$clients[$other]->send("GET /wait?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('waiting');
echo (string) ask($clients[$stopping], '/stop') === "200 $stopping" ? 'the request that stops it is answered' : 'NOT ANSWERED', "\n";
await_closed($server->addresses[0]);
touch($go);
echo (string) $clients[$other]->answer() === "200 $other" ? 'and the one of another worker' : 'NOT ANSWERED', "\n";
echo ending($server, null), "\n";
check('start() returned once, in the first process', substr_count($server->stdout, 'returned') === 1
    && str_contains($server->stdout, "returned in {$server->pid}"), $server->stdout);
?>
--EXPECT--
the request that stops it is answered
and the one of another worker
exit 7, nothing left behind
start() returned once, in the first process: yes
