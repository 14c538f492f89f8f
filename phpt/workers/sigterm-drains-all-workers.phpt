--TEST--
SIGTERM and SIGINT finish the requests of all workers, then start() returns in the first process, which exits with 0
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['SIGTERM' => ServerProcess::SIGTERM, 'SIGINT' => ServerProcess::SIGINT] as $name => $signal) {
    $server = ServerProcess::run(crew('workers: 2', after: 'note("returned in " . getmypid());'));
    await_ready($server, 2);
    $clients = one_each($server, 2);
    $go = scratch_file('go');
    foreach ($clients as $client) {
        $client->send("GET /wait?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    $server->waitFor('waiting', 2);
    $server->signal($signal);
    await_closed($server->addresses[0]);
    touch($go);
    foreach ($clients as $pid => $client) {
        $answer = $client->answer();
        check("$name: answered", (string) $answer === "200 $pid", (string) $answer);
    }
    echo ending($server, null), "\n";
    check('start() returned once, in the first process', substr_count($server->stdout, 'returned') === 1
        && str_contains($server->stdout, "returned in {$server->pid}"), $server->stdout);
}
?>
--EXPECT--
SIGTERM: answered: yes
SIGTERM: answered: yes
exit 0, nothing left behind
start() returned once, in the first process: yes
SIGINT: answered: yes
SIGINT: answered: yes
exit 0, nothing left behind
start() returned once, in the first process: yes
