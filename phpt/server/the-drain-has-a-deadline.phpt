--TEST--
A request that outlives the drain timeout, or the grace given to stop(), is cut; finally runs and start() returns
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    function ($request) use ($server) {
        if ($request->getPath() === '/stop') { $server->stop(0.2); return 'stopping'; }
        note('waiting');
        try { Sluice\delay(60); } finally { note('finally'); }
    }
    PHP;
foreach (['signal', 'stop(0.2)'] as $way) {
    $drain = $way === 'signal' ? '0.2' : '60.0';
    $server = serve($handler, server: "new Sluice\Server(timeouts: new Sluice\Timeouts(drain: $drain))", after: 'note("returned");');
    $client = Raw::connect($server->addresses[0]);
    $client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    $server->waitFor('waiting');
    $way === 'signal' ? $server->signal(15) : h1($server->url('/stop'));
    $started = microtime(true);
    echo "$way: exit {$server->wait()}\n{$server->stdout}";
    check('within seconds', microtime(true) - $started < 5);
    check('the client got no success', !str_contains($client->readAll(), ' 200 '));
}
?>
--EXPECT--
signal: exit 1
waiting
finally
returned
within seconds: yes
the client got no success: yes
stop(0.2): exit 1
waiting
finally
returned
within seconds: yes
the client got no success: yes
