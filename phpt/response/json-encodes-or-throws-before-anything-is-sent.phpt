--TEST--
json() sends its value with type and status, and throws a JsonException before the commit when it cannot
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        match ($request->getPath()) {
            '/ok' => $r->json(['a' => [1, null, true]], 201),
            '/typed' => $r->setHeader('Content-Type', 'application/problem+json')->json(['title' => 'no'], 400),
            '/bad' => note(strtok(attempt(fn () => $r->json(["\xff"])), ':')) ?? $r->json('still open'),
            '/depth' => note(strtok(attempt(fn () => $r->json((function ($d) { $a = []; while ($d--) $a = [$a]; return $a; })(600))), ':')) ?? $r->end('still open'),
            '/uncaught' => $r->json(NAN),
            '/returned' => null,
        };
        if ($request->getPath() === '/returned') return ["\xff"];
    }
    PHP);
foreach (['ok', 'typed', 'bad', 'depth', 'uncaught', 'returned'] as $path) {
    $a = h1($server->url("/$path"));
    echo "$path: $a | ", $a->header('content-type'), ' | ', $a->header('content-length'), "\n";
}
$server->finish();
?>
--EXPECTF--
ok: 201 {"a":[1,null,true]} | application/json | 19
typed: 400 {"title":"no"} | application/problem+json | 14
bad: 200 "still open" | application/json | 12
depth: 200 still open | text/html; charset=utf-8 | 10
uncaught: 500 Internal Server Error | text/plain%S | 21
returned: 500 Internal Server Error | text/plain%S | 21
exit 0
stdout: JsonException
stdout: JsonException
stderr: [sluice] JsonException: %s in %s:%d
stderr: [sluice] JsonException: %s in %s:%d
