--TEST--
A second SIGTERM or SIGINT ends the drain at once; the handler is unwound and its finally runs
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach ([[15, 15], [2, 2], [15, 2]] as [$first, $second]) {
    $server = serve(<<<'PHP'
        function () {
            note('in the handler');
            try { Sluice\delay(60); } finally { note('finally'); }
        }
        PHP, server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(drain: 60.0))', after: 'note("returned");');
    $client = Raw::connect($server->addresses[0]);
    $client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    $server->waitFor('in the handler');
    $server->signal($first);
    until('the port to close', fn () => @stream_socket_client($server->addresses[0]) === false);
    $server->signal($second);
    $started = microtime(true);
    $status = $server->wait();
    check("signals $first and $second: at once", microtime(true) - $started < 5);
    echo 'finally ran ', substr_count($server->stdout, 'finally'), " time\n";
    check('ended', $status === 1 || $status === 128 + $second || $status === -$second, $status);
}
?>
--EXPECT--
signals 15 and 15: at once: yes
finally ran 1 time
ended: yes
signals 2 and 2: at once: yes
finally ran 1 time
ended: yes
signals 15 and 2: at once: yes
finally ran 1 time
ended: yes
