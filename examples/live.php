<?php

declare(strict_types=1);

/*
 * A page that shows server-sent events as they arrive. It tells the server of each one, and the next event says how long
 * the way there and back took: so what the page shows was not held back by anybody on the way.
 *
 *     php -d extension=target/release/libsluice.so examples/live.php [address]
 *     curl -N http://127.0.0.1:8080/events
 *
 * Stop the server and start it again: the page connects by itself, and the numbers go on where they were.
 */

use Sluice\{Request, Response, Server};

const PAGE = <<<'HTML'
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <title>Events as they are sent</title>
    <style>body { font: 16px/1.6 system-ui, sans-serif; margin: 3rem auto; max-width: 34rem }</style>
    <h1>Events as they are sent</h1>
    <p id="state">Connecting</p>
    <ol id="events"></ol>
    <script>
        const state = document.getElementById('state'), list = document.getElementById('events');
        const source = new EventSource('/events');
        let stream;
        source.onopen = () => state.textContent = 'Connected';
        source.onerror = () => state.textContent = 'Connecting again';
        source.addEventListener('hello', (event) => stream = event.data);
        source.onmessage = (event) => {
            const item = document.createElement('li');
            item.value = event.lastEventId;
            item.textContent = event.data;
            list.prepend(item);
            while (list.children.length > 20) list.lastChild.remove();
            fetch(`/seen?stream=${stream}&event=${event.lastEventId}`, { method: 'POST' });
        };
    </script>
    HTML;

/** @var array<string, int> by stream: the event that its page has seen last */
$seen = [];

/** Waits until the page has seen the event, a second at most; tells how long that took. */
$trip = function (string $stream, int $event) use (&$seen): string {
    $since = hrtime(true);
    do {
        if ($seen[$stream] >= $event) {
            return sprintf('event %d was here after %.1f ms', $event, (hrtime(true) - $since) / 1e6);
        }
        Sluice\delay(0.001);
    } while (hrtime(true) - $since < 1e9);
    return "event $event was not heard of";
};

$server = new Server();
$server->handle(function (Request $request, Response $response) use (&$seen, $trip) {
    switch ($request->getMethod() . ' ' . $request->getPath()) {
        case 'GET /':
            return PAGE;
        case 'POST /seen':
            ['stream' => $stream, 'event' => $event] = $request->getQueryParams() + ['stream' => '', 'event' => '0'];
            if (isset($seen[$stream])) {
                $seen[$stream] = (int) $event;
            }
            $response->setStatus(204);
            return null;
        case 'GET /events':
            $events = $response->events();
            $stream = bin2hex(random_bytes(8));
            $seen[$stream] = 0;
            try {
                $next = 1 + (int) $events->getLastEventId();
                $events->send($stream, 'hello', retry: 500);
                for ($said = 'hello'; $events->isOpen(); $next++) {
                    $events->send(date('H:i:s') . ": $said", id: (string) $next);
                    $said = $trip($stream, $next);
                    echo "$said\n";
                    Sluice\delay(0.25);
                }
            } finally {
                echo "stream $stream is over\n";
                unset($seen[$stream]);
            }
            return null;
    }
    $response->setStatus(404);
    return "There is no such page.\n";
});
echo "listening {$server->listen($argv[1] ?? '127.0.0.1:8080')}\n";
$server->start();
