--TEST--
A client that takes nothing for the write timeout is cut off; the handler sees an exception and finally runs; h1, h2 and TLS
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server(timeouts: new Sluice\Timeouts(write: 0.5));
    $server->handle(function ($request, $response) use ($server) {
        if ($request->getPath() === '/stats') return $server->stats();
        try { while (true) $response->write(str_repeat('x', 50000)); }
        catch (Sluice\Exception $e) { note(get_class($e) . ' ' . json_encode($response->isWritable())); throw $e; }
        finally { note('finally'); }
    });
    say($server->listen('tcp://127.0.0.1:0'), $server->listen('tcp://127.0.0.1:0', Sluice\Tls::selfSigned()));
    $server->start();
    PHP);
$request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
$clients = [Raw::connect($server->addresses[0], 8192), Raw::tls($server->addresses[1], 8192)];
array_map(fn ($client) => $client->send($request), $clients);
$streams = [H2::plain($server), new H2(Raw::tls($server->addresses[1], alpn: 'h2'))];
foreach ($streams as $h2) {
    $h2->reads = false;
    $h2->request();
}
$server->waitFor('finally', 4, 10);
foreach ($streams as $i => $h2) {
    $h2->until(fn () => isset($h2->reset[1]) || $h2->closed, 'the reset', 5);
    check("h2 $i was told", isset($h2->reset[1]) || $h2->closed);
}
$timeouts = array_column(json_decode(h1($server->url('/stats'))->body, true)['listeners'], 'timeouts');
echo $timeouts[0]['write'], ' and ', $timeouts[1]['write'], " write timeouts\n";
echo implode("\n", array_unique(explode("\n", $server->stdout)));
$server->stop();
?>
--EXPECTF--
h2 0 was told: yes
h2 1 was told: yes
2 and 2 write timeouts
Sluice\%r(TimeoutException|ClientGoneException)%r false
finally
