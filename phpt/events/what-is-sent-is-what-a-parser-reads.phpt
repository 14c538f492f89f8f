--TEST--
Lines of data arrive as lines, type, id, retry and comments as fields; what would break the stream is refused
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $response->setHeader('Cache-Control', 'no-store')->setHeader('Content-Type', 'text/plain')->addHeader('X-Own', '1');
        $events = $response->events();
        $events->send("a\r\nb\rc\nd\n");
        $events->send('', 'tick', '7', 0);
        $events->send(' x', event: '', id: '', retry: 86400000);
        $events->comment('hi: there');
        $events->comment();
        $wrong = [
            fn () => $events->send('x', "a\nb"),
            fn () => $events->send('x', "a\rb", "1\r\n2", -1),
            fn () => $events->send('x', id: "1\0"),
            fn () => $events->comment("a\nevent: evil"),
        ];
        foreach ($wrong as $call) {
            $events->send(attempt($call));
        }
        $events->send(json_encode([$events->getLastEventId(), $events->isOpen()]));
        $events->close();
        $events->close();
        note(json_encode([$events->isOpen(), attempt(fn () => $events->send('late')), attempt(fn () => $events->comment())]));
    }
    PHP);
$answer = h1($server->url(), '-H', "Last-Event-ID: \xc3\xa9 7");
echo $answer->status, ' ', json_encode(array_intersect_key($answer->headers, ['content-type' => 1, 'cache-control' => 1, 'x-accel-buffering' => 1, 'x-own' => 1])), "\n";
echo $answer->body;
echo "---\n", preg_match('/data: \[null,true\]/', h2($server->url())->body), "\n";
$server->finish();
?>
--EXPECT--
200 {"cache-control":["no-store"],"x-own":["1"],"content-type":["text\/event-stream"],"x-accel-buffering":["no"]}
data: a
data: b
data: c
data: d
data: 

event: tick
id: 7
retry: 0
data: 

id: 
retry: 86400000
data:  x

: hi: there

:

data: Sluice\ConfigException: the event: the event's type has a line break

data: Sluice\ConfigException: the event: 3 mistakes: the event's type has a line break; the id has a line break; retry is a number of milliseconds from 0 on, -1 given

data: Sluice\ConfigException: the event: the id has a NUL, for which clients ignore it (only data may have one)

data: Sluice\ConfigException: a comment is one line: this one has a line break

data: ["\u00e9 7",true]

---
1
exit 0
stdout: [false,"Sluice\\StateException: the response has ended: nothing can be written after it","Sluice\\StateException: the response has ended: nothing can be written after it"]
stdout: [false,"Sluice\\StateException: the response has ended: nothing can be written after it","Sluice\\StateException: the response has ended: nothing can be written after it"]
