--TEST--
Each event arrives before the next is made, over h1, h2 and TLS, and the first before any is there the head
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

// Goes on only when the client has shown that it has what was sent before.
$handler = <<<'PHP'
    function ($request, $response) {
        $seen = fn ($what) => $request->getQueryParams()['go'] . $what;
        $events = $response->events();
        for ($i = 0; $i < 4; $i++) {
            while (!file_exists($seen($i))) {
                Sluice\delay(0.002);
            }
            $events->send("event $i", id: (string) $i);
        }
    }
    PHP;
foreach ([null, 'Sluice\Tls::selfSigned()'] as $tls) {
    $server = serve($handler, tls: $tls);
    foreach (['h1' => '--http1.1', 'h2' => $tls ? '--http2' : '--http2-prior-knowledge'] as $name => $option) {
        $go = scratch_file('go');
        $client = new EventClient($server->url("/?go=$go"), $option, '-i');
        // curl writes the head with CRLF: the block of the first event begins with it.
        touch("{$go}0");
        $got = [];
        for ($i = 0; $i < 4; $i++) {
            $got[] = preg_replace('/^.*\r\n\r\n/s', '', $client->next());
            touch($go . $i + 1);
        }
        echo $name, $tls ? ' TLS' : '', ': ', json_encode($got), ', end ', json_encode($client->next()), ' ', json_encode($client->rest()), ', curl ', $client->leave(), "\n";
    }
    echo 'exit ', $server->stop(), $server->stderr, "\n";
}

// The head is there before the first event.
$server = serve($handler);
$go = scratch_file('go');
$client = Raw::connect($server->addresses[0]);
$client->send("GET /?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
echo preg_replace('/date: .*/i', 'date', $client->readUntil("\r\n\r\n"));
$h2 = H2::plain($server);
$stream = $h2->request("/?go=$go");
$h2->until(fn () => isset($h2->status[$stream]), 'the head');
echo 'h2 ', $h2->status[$stream], ' ', $h2->length[$stream], "\n";
// Each event is one chunk, and one frame.
for ($i = 0; $i < 4; $i++) {
    touch($go . $i);
    $h2->until(fn () => count($h2->frames[$stream] ?? []) > $i, 'a frame');
    echo $client->readUntil("\n\n\r\n");
}
echo $client->readUntil("0\r\n\r\n");
$h2->finish($stream);
echo json_encode($h2->frames[$stream]), "\n";
?>
--EXPECT--
h1: ["id: 0\ndata: event 0","id: 1\ndata: event 1","id: 2\ndata: event 2","id: 3\ndata: event 3"], end null "", curl 0
h2: ["id: 0\ndata: event 0","id: 1\ndata: event 1","id: 2\ndata: event 2","id: 3\ndata: event 3"], end null "", curl 0
exit 0
h1 TLS: ["id: 0\ndata: event 0","id: 1\ndata: event 1","id: 2\ndata: event 2","id: 3\ndata: event 3"], end null "", curl 0
h2 TLS: ["id: 0\ndata: event 0","id: 1\ndata: event 1","id: 2\ndata: event 2","id: 3\ndata: event 3"], end null "", curl 0
exit 0
HTTP/1.1 200 OK
content-type: text/event-stream
cache-control: no-cache
x-accel-buffering: no
transfer-encoding: chunked
date

h2 200 0
15
id: 0
data: event 0


15
id: 1
data: event 1


15
id: 2
data: event 2


15
id: 3
data: event 3


0

[21,21,21,21,0]
