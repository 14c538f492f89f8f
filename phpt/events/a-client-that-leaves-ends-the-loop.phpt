--TEST--
When the client of an event stream is gone, the loop's next send() or delay() ends it quietly, and isOpen() says so
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $events = $response->events();
        $events->send('first');
        try {
            match ($request->getPath()) {
                '/send' => (function () use ($events) { while (true) { $events->send(str_repeat('x', 1000)); try { Sluice\delay(0.001); } catch (Sluice\ClientGoneException) {} } })(),
                '/delay' => Sluice\delay(60),
                '/open' => (function () use ($events) { try { while ($events->isOpen()) Sluice\delay(0.01); } catch (Sluice\ClientGoneException) {} note(json_encode($events->isOpen())); $events->close(); })(),
            };
        } finally {
            note('over ' . $request->getPath());
        }
    }
    PHP, tls: 'Sluice\Tls::selfSigned()');
$over = 0;
foreach (['--http1.1', '--http2'] as $option) {
    foreach (['/send', '/delay', '/open'] as $path) {
        $client = new EventClient($server->url($path), $option);
        $client->next();
        $client->leave();
        $server->waitFor('over', ++$over);
    }
}
$server->finish();
?>
--EXPECT--
exit 0
stdout: over /send
stdout: over /delay
stdout: false
stdout: over /open
stdout: over /send
stdout: over /delay
stdout: false
stdout: over /open
