--TEST--
A request body that stops coming throws a TimeoutException; uncaught it is 408 or a closed connection; a steady trickle is fine where no rate is demanded
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use ($server) {
        if ($request->getPath() === '/stats') return $server->stats();
        try { return 'read ' . strlen($request->getBody()); }
        catch (Throwable $e) { note(get_class($e)); throw $e; }
    }
    PHP, server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(body: 0.4, rate: 0))');
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
$all = $client->readAll(5);
check('h1', preg_match('~^(HTTP/1.1 408 .*)?$~s', $all) === 1, $all);
$h2 = H2::plain($server);
$stream = $h2->request(method: 'POST', end: false);
$h2->data($stream, 'half');
$h2->until(fn () => isset($h2->status[$stream]) || isset($h2->reset[$stream]), 'an answer', 5);
check('h2', ($h2->status[$stream] ?? 0) !== 200);
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
for ($i = 0; $i < 10; $i++) {
    $client->send((string) $i);
    pause(0.1);
}
echo $client->answer(), "\n";
echo json_decode(h1($server->url('/stats'))->body, true)['listeners'][0]['timeouts']['body'], " body timeouts\n";
$server->stop();
echo $server->stdout;
?>
--EXPECT--
h1: yes
h2: yes
200 read 10
2 body timeouts
Sluice\TimeoutException
Sluice\TimeoutException
