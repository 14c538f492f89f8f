--TEST--
204, 304 and HEAD carry no body, 205 an empty one; the connection stays in step
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        [, $status, $how] = explode('/', $request->getPath());
        $r->setStatus((int) $status);
        if ($how === 'end') $r->end('a body');
        if ($how === 'return') return 'a body';
        if ($how === 'nothing') return null;
        if ($how === 'stream') note("$status " . strtok(attempt(function () use ($r) { $r->write('a body'); $r->end(); }), ':'));
        if ($how === 'generator') return (function () { yield 'a '; yield 'body'; })();
    }
    PHP);
foreach ([204, 304, 205, 200] as $status) {
    foreach (['end', 'return', 'nothing', 'generator'] as $how) {
        foreach ($status === 200 ? ['HEAD'] : ['GET', 'HEAD'] as $method) {
            $client = Raw::connect($server->addresses[0]);
            $client->send("$method /$status/$how HTTP/1.1\r\nHost: x\r\n\r\nGET /200/end HTTP/1.1\r\nHost: x\r\n\r\n");
            $a = $client->answer(toHead: $method === 'HEAD');
            $h2 = h2($server->url("/$status/$how"), ...$method === 'HEAD' ? ['-I'] : []);
            echo "$method $status $how: {$a->status} length ", $a->header('content-length') ?? '-', ', coding ', $a->header('transfer-encoding') ?? '-',
                ', then ', $client->answer(), "; h2 {$h2->status} '" . rtrim($h2->body) . "' length ", $h2->header('content-length') ?? '-', $h2->exit ? " curl $h2->exit" : '', "\n";
        }
    }
}
?>
--EXPECTF--
GET 204 end: 204 length -, coding -, then 200 a body; h2 204 '' length -
HEAD 204 end: 204 length -, coding -, then 200 a body; h2 204 '' length -
GET 204 return: 204 length -, coding -, then 200 a body; h2 204 '' length -
HEAD 204 return: 204 length -, coding -, then 200 a body; h2 204 '' length -
GET 204 nothing: 204 length -, coding -, then 200 a body; h2 204 '' length -
HEAD 204 nothing: 204 length -, coding -, then 200 a body; h2 204 '' length -
GET 204 generator: 500 length %d, coding -, then 200 a body; h2 500 '%S' length %d
HEAD 204 generator: 500 length %d, coding -, then 200 a body; h2 500 '%S' length %d
GET 304 end: 304 length %r(-|6)%r, coding -, then 200 a body; h2 304 '' length %r(-|6)%r
HEAD 304 end: 304 length %r(-|6)%r, coding -, then 200 a body; h2 304 '' length %r(-|6)%r
GET 304 return: 304 length %r(-|6)%r, coding -, then 200 a body; h2 304 '' length %r(-|6)%r
HEAD 304 return: 304 length %r(-|6)%r, coding -, then 200 a body; h2 304 '' length %r(-|6)%r
GET 304 nothing: 304 length -, coding -, then 200 a body; h2 304 '' length -
HEAD 304 nothing: 304 length -, coding -, then 200 a body; h2 304 '' length -
GET 304 generator: 500 length %d, coding -, then 200 a body; h2 500 '%S' length %d
HEAD 304 generator: 500 length %d, coding -, then 200 a body; h2 500 '%S' length %d
GET 205 end: 205 length 0, coding -, then 200 a body; h2 205 '' length 0
HEAD 205 end: 205 length 0, coding -, then 200 a body; h2 205 '' length 0
GET 205 return: 205 length 0, coding -, then 200 a body; h2 205 '' length 0
HEAD 205 return: 205 length 0, coding -, then 200 a body; h2 205 '' length 0
GET 205 nothing: 205 length 0, coding -, then 200 a body; h2 205 '' length 0
HEAD 205 nothing: 205 length 0, coding -, then 200 a body; h2 205 '' length 0
GET 205 generator: 500 length %d, coding -, then 200 a body; h2 500 '%S' length %d
HEAD 205 generator: 500 length %d, coding -, then 200 a body; h2 500 '%S' length %d
HEAD 200 end: 200 length 6, coding -, then 200 a body; h2 200 '' length 6
HEAD 200 return: 200 length 6, coding -, then 200 a body; h2 200 '' length 6
HEAD 200 nothing: 200 length 0, coding -, then 200 a body; h2 200 '' length 0
HEAD 200 generator: 200 length -, coding %r(-|chunked)%r, then 200 a body; h2 200 '' length -
