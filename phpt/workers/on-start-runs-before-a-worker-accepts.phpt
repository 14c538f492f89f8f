--TEST--
onStart() runs once in each worker before it accepts, and onStop() once after its drain
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$go = scratch_file('go');
$server = ServerProcess::run(<<<PHP
    \$started = 0;
    \$server = new Sluice\Server(workers: 2);
    \$chained = \$server->onStart(function () use (&\$started) {
        note('starting ' . getmypid());
        while (!file_exists('$go')) usleep(1000);
        \$started++;
        note('started ' . getmypid());
    }) === \$server;
    \$chained = \$chained && \$server->onStop(fn () => note('stopping ' . getmypid())) === \$server;
    \$answers = answers(\$server, 'one');
    \$server->handle(function (\$request) use (&\$started, \$answers) {
        note('handling ' . getmypid());
        return \$request->getPath() === '/started' ? "started \$started time" : \$answers(\$request);
    });
    say(\$server->listen('tcp://127.0.0.1:0'));
    note(\$chained ? 'both return the server' : 'NOT THE SERVER');
    \$server->start();
    PHP);
$early = Raw::connect($server->addresses[0]);
$early->send("GET /started HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
$server->waitFor('starting', 2);
check('nothing is handled yet', !str_contains($server->stdout, 'handling'), $server->stdout);
touch($go);
echo $early->answer(), "\n";
$clients = one_each($server, 2);
foreach ($clients as $client) {
    echo ask($client, '/started'), "\n";
}
preg_match_all('/^(\w+) (\d+)$/m', $server->stdout, $lines, PREG_SET_ORDER);
$before = [];
foreach ($lines as [, $what, $pid]) {
    $before[$pid][] = $what;
}
check('two processes', count($before) === 2, $before);
$wrong = array_filter($before, fn ($lines) => array_slice($lines, 0, 3) !== ['starting', 'started', 'handling']);
check('each started, then handled', $wrong === [], $before);
check('each started once', substr_count($server->stdout, 'starting') === 2, $server->stdout);

$go = scratch_file('go');
$busy = array_key_first($clients);
$clients[$busy]->send("GET /wait?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('waiting');
$server->signal(ServerProcess::SIGTERM);
await_closed($server->addresses[0]);
touch($go);
echo (string) $clients[$busy]->answer() === "200 $busy" ? 'the last request is answered' : 'NOT ANSWERED', "\n";
echo ending($server, null), "\n";
check('its worker stops after that', strpos($server->stdout, "answering $busy") < strpos($server->stdout, "stopping $busy"), $server->stdout);
foreach (array_keys($before) as $pid) {
    echo 'stopped ', substr_count($server->stdout, "stopping $pid"), " time\n";
}
check('nowhere else', substr_count($server->stdout, 'stopping') === 2, $server->stdout);
echo str_contains($server->stdout, 'both return the server') ? 'both return the server' : 'NOT THE SERVER', "\n";
?>
--EXPECT--
nothing is handled yet: yes
200 started 1 time
200 started 1 time
200 started 1 time
two processes: yes
each started, then handled: yes
each started once: yes
the last request is answered
exit 0, nothing left behind
its worker stops after that: yes
stopped 1 time
stopped 1 time
nowhere else: yes
both return the server
