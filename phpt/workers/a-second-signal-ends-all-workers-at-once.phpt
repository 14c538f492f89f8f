--TEST--
A second SIGTERM or SIGINT ends the drain of all workers at once
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach ([[15, 15], [2, 2], [15, 2]] as [$first, $second]) {
    $server = ServerProcess::run(crew('workers: 2, timeouts: new Sluice\Timeouts(drain: 60.0)'));
    await_ready($server, 2);
    $clients = one_each($server, 2);
    foreach ($clients as $client) {
        $client->send("GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    $server->waitFor('stuck', 2);
    $server->children();
    $server->signal($first);
    await_closed($server->addresses[0]);
    $server->signal($second);
    $started = microtime(true);
    $status = $server->wait();
    check("signals $first and $second: at once", microtime(true) - $started < 5);
    check('ended', in_array($status, [1, 128 + $second, -$second], true), $status);
    echo left_behind($server, 3), "\n";
}
?>
--EXPECT--
signals 15 and 15: at once: yes
ended: yes
nothing left behind
signals 2 and 2: at once: yes
ended: yes
nothing left behind
signals 15 and 2: at once: yes
ended: yes
nothing left behind
