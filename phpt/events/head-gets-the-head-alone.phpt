--TEST--
HEAD of an event stream is answered at once, whether its loop asks isOpen() or only sends, and nothing is logged
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        try {
            $events = $response->events();
            while ($request->getPath() === '/blind' || $events->isOpen()) {
                $events->send('x');
                Sluice\delay(0.01);
            }
        } finally {
            note('over');
        }
    }
    PHP);
foreach (['/polite', '/blind'] as $path) {
    foreach (protocols() as $name => $get) {
        $answer = $get($server->url($path), '-I');
        echo "$name $path {$answer->status} ", $answer->header('content-type'), ' ', json_encode($answer->header('content-length')), "\n";
    }
}
$server->waitFor('over', 4);
$server->finish();
?>
--EXPECT--
h1 /polite 200 text/event-stream null
h2 /polite 200 text/event-stream null
h1 /blind 200 text/event-stream null
h2 /blind 200 text/event-stream null
exit 0
stdout: over
stdout: over
stdout: over
stdout: over
