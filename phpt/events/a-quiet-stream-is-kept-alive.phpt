--TEST--
A stream that is quiet for keepAlive gets comments, a busy one and one with 0 get none, and a stuck reader does not pile them up
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use (&$streams) {
        parse_str((string) parse_url($request->getRequestTarget(), PHP_URL_QUERY), $query);
        $events = $response->events((float) $query['keep']);
        if (isset($query['fill'])) {
            try {
                while (true) $events->send(str_repeat('x', 1000));
            } finally {
                note('let go');
            }
        }
        $until = microtime(true) + (float) $query['for'];
        do {
            $events->send('x');
            Sluice\delay((float) $query['each']);
        } while (microtime(true) < $until);
    }
    PHP, 'new Sluice\Server(timeouts: new Sluice\Timeouts(handshake: 0.2, write: 0.5))');
foreach (['h1' => '--http1.1', 'h2' => '--http2-prior-knowledge'] as $name => $option) {
    $client = new EventClient($server->url('/?keep=0.1&for=5&each=5'), $option);
    echo $name, ': ', implode(' | ', [$client->next(), $client->next(), $client->next(), $client->next()]), "\n";
    $client->leave();
    $get = protocols()[$name];
    foreach (['keep=0&for=0.6&each=0.6', 'keep=0.5&for=1.2&each=0.02'] as $query) {
        $body = $get($server->url("/?$query"))->body;
        check("$query has no comment", $body !== '' && !str_contains($body, ':' . "\n\n"), $body);
    }
}
// What the client does not take is bounded, and its handler waits for it no longer than the write timeout.
$client = Raw::connect($server->addresses[0], 8192);
$before = resident($server->pid);
$client->send("GET /?keep=0.01&fill HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('let go');
check('memory', resident($server->pid) - $before < 8 << 20, resident($server->pid) - $before);
echo 'exit ', $server->stop(), $server->stderr, "\n";
?>
--EXPECT--
h1: data: x | : | : | :
keep=0&for=0.6&each=0.6 has no comment: yes
keep=0.5&for=1.2&each=0.02 has no comment: yes
h2: data: x | : | : | :
keep=0&for=0.6&each=0.6 has no comment: yes
keep=0.5&for=1.2&each=0.02 has no comment: yes
memory: yes
exit 0
