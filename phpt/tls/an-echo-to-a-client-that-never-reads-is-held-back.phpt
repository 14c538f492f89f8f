--TEST--
A handler that echoes to a client that never reads is held back on both sides until the write timeout ends it
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use ($server) {
        if ($request->getPath() === '/stats') return $server->stats();
        try { while (($piece = $request->read()) !== null) $response->write($piece); $response->end(); note('COMPLETE'); }
        catch (Sluice\Exception $e) { note('ended by ' . get_class($e)); throw $e; }
        finally { note('finally'); }
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(body: 1 << 30), timeouts: new Sluice\Timeouts(write: 1.0))', tls: tls_code(ring: 4096));
$client = Raw::tls($server->addresses[0], 8192);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n");
$before = resident($server->pid);
$piece = Body::of(1000000);
$sent = 0;
do {
    $taken = $client->offer($piece, 0.3);
    $sent += $taken;
} while ($taken === strlen($piece) && $sent < 200000000);
check('held back', $sent < 64000000, $sent);
check('not buffered', resident($server->pid) - $before < 4 << 20, resident($server->pid) - $before);
$server->waitFor('finally');
echo $server->stdout;
$stats = json_decode(h1($server->url('/stats'))->body, true)['listeners'][0];
echo 'write timeouts ', $stats['timeouts']['write'], "\n";
$server->stop();
?>
--EXPECTF--
held back: yes
not buffered: yes
ended by Sluice\%r(TimeoutException|ClientGoneException)%r
finally
write timeouts 1
