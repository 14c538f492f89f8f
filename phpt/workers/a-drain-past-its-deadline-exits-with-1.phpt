--TEST--
A drain that cuts requests off ends with status 1, says how many, and unwinds their handlers
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2, timeouts: new Sluice\Timeouts(drain: 0.3)'));
await_ready($server, 2);
$clients = one_each($server, 2);
foreach ($clients as $client) {
    $client->send("GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n");
}
$server->waitFor('stuck', 2);
$started = microtime(true);
echo ending($server), "\n";
check('within seconds', microtime(true) - $started < 5);
foreach ($clients as $pid => $client) {
    echo 'finally ran ', substr_count($server->stdout, "finally $pid"), " time\n";
    check('no success', !str_contains($client->readAll(), ' 200 '));
}
check('the log says so', preg_match('/^\[sluice\].*(cut|drain|deadline)/mi', $server->stderr) === 1, $server->stderr);
?>
--EXPECT--
exit 1, nothing left behind
within seconds: yes
finally ran 1 time
no success: yes
finally ran 1 time
no success: yes
the log says so: yes
