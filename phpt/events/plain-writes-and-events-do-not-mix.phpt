--TEST--
After events() no plain write gets into the stream, and events() comes before any; a stream needs 200 and no length
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        switch ($request->getPath()) {
            case '/after':
                $events = $r->events();
                $calls = [
                    'write' => fn () => $r->write('x'), 'tryWrite' => fn () => $r->tryWrite('x'), 'end' => fn () => $r->end('x'),
                    'json' => fn () => $r->json([1]), 'redirect' => fn () => $r->redirect('/'), 'events' => fn () => $r->events(),
                    'setHeader' => fn () => $r->setHeader('a', 'b'), 'sendInformational' => fn () => $r->sendInformational(103),
                ];
                foreach ($calls as $name => $call) {
                    $events->send("$name " . attempt($call));
                }
                $r->end();
                note(json_encode([$events->isOpen(), $r->isEnded()]));
                return;
            case '/before':
                $r->write('x');
                return note(attempt(fn () => $r->events()));
            case '/status':
                return attempt(fn () => $r->setStatus(201)->events());
            case '/length':
                return attempt(fn () => $r->setHeader('Content-Length', '5')->events());
            case '/keep-alive':
                return [attempt(fn () => $r->events(-1)), attempt(fn () => $r->events(NAN))];
            case '/returns':
                $r->events()->send('one');
                return 'two';
        }
    }
    PHP);
echo h1($server->url('/after'))->body;
foreach (['/before', '/keep-alive', '/status', '/length', '/returns'] as $path) {
    foreach (protocols() as $get) {
        $answer = $get($server->url($path));
        // The stream is broken off: how much of it arrives before that is a matter of luck.
        echo $path === '/returns' ? ($answer->exit === 0 ? 'COMPLETE' : 'a failed transfer') : $answer, "\n";
    }
}
$server->finish();
?>
--EXPECTF--
data: write Sluice\StateException: the response is an event stream: its send() and comment() write to it, and nothing else does

data: tryWrite Sluice\StateException: the response is an event stream: its send() and comment() write to it, and nothing else does

data: end Sluice\StateException: the response is an event stream: its send() and comment() write to it, and nothing else does

data: json Sluice\StateException: the head of the response is sent: it is too late to change the status

data: redirect Sluice\StateException: the head of the response is sent: it is too late to change the status

data: events Sluice\StateException: the head of the response is sent: it is too late to begin an event stream

data: setHeader Sluice\StateException: the head of the response is sent: it is too late to set a header

data: sendInformational Sluice\StateException: the head of the response is sent: it is too late for an interim response

200 x
200 x
200 ["Sluice\\ConfigException: keepAlive must be from 0 to 31536000 seconds, -1 given","Sluice\\ConfigException: keepAlive must be from 0 to 31536000 seconds, NaN given"]
200 ["Sluice\\ConfigException: keepAlive must be from 0 to 31536000 seconds, -1 given","Sluice\\ConfigException: keepAlive must be from 0 to 31536000 seconds, NaN given"]
201 Sluice\StateException: an event stream is a 200: the status was set to 201
201 Sluice\StateException: an event stream is a 200: the status was set to 201
200 Sluice\StateException: an event stream has no known length: remove the Content-Length header
200 Sluice\StateException: an event stream has no known length: remove the Content-Length header
a failed transfer
a failed transfer
exit 0
stdout: [false,true]
stdout: Sluice\StateException: the head of the response is sent: it is too late to begin an event stream
stdout: Sluice\StateException: the head of the response is sent: it is too late to begin an event stream
stderr: [sluice] Sluice\StateException: the response is an event stream: its send() and comment() write to it, and nothing else does in %s
stderr: [sluice] Sluice\StateException: the response is an event stream: its send() and comment() write to it, and nothing else does in %s
