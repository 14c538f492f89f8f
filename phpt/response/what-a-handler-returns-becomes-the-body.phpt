--TEST--
A string, an array, a JsonSerializable, an iterable and null each become the response that they mean
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        return match ($request->getPath()) {
            '/string' => 'text',
            '/empty' => '',
            '/array' => ['a' => 1, 'é' => '/', 'f' => 1.0],
            '/list' => [1, 2],
            '/none' => [],
            '/json' => new class implements JsonSerializable { public function jsonSerialize(): mixed { return ['from' => 'object']; } },
            '/generator' => (function () { yield 'one '; Sluice\delay(0.001); yield 'two '; yield ''; yield 'three'; })(),
            '/iterator' => new ArrayIterator(['a', 'b', 'c']),
            '/aggregate' => new class implements IteratorAggregate { public function getIterator(): Iterator { return new ArrayIterator(['x', 'y']); } },
            '/no-pieces' => (function () { return; yield; })(),
            '/null' => null,
            '/made' => (function () use ($response) { $response->setStatus(201)->setHeader('X-Made', 'yes'); $response->write('made'); })(),
            '/typed' => (function () use ($response) { $response->setHeader('Content-Type', 'text/csv'); return 'a,b'; })(),
        };
    }
    PHP);
foreach (['string', 'empty', 'array', 'list', 'none', 'json', 'generator', 'iterator', 'aggregate', 'no-pieces', 'null', 'made', 'typed'] as $path) {
    foreach (protocols() as $name => $get) {
        $a = $get($server->url("/$path"));
        echo "$path $name: $a | ", $a->header('content-type') ?? '-', ' | ', $a->header('content-length') ?? '-', ' | ', $a->header('transfer-encoding') ?? '-', "\n";
    }
}
$server->finish();
?>
--EXPECTF--
string h1: 200 text | text/html; charset=utf-8 | 4 | -
string h2: 200 text | text/html; charset=utf-8 | 4 | -
empty h1: 200  | %S | 0 | -
empty h2: 200  | %S | 0 | -
array h1: 200 {"a":1,"\u00e9":"\/","f":1.0} | application/json | 29 | -
array h2: 200 {"a":1,"\u00e9":"\/","f":1.0} | application/json | 29 | -
list h1: 200 [1,2] | application/json | 5 | -
list h2: 200 [1,2] | application/json | 5 | -
none h1: 200 [] | application/json | 2 | -
none h2: 200 [] | application/json | 2 | -
json h1: 200 {"from":"object"} | application/json | 17 | -
json h2: 200 {"from":"object"} | application/json | 17 | -
generator h1: 200 one two three | text/html; charset=utf-8 | - | chunked
generator h2: 200 one two three | text/html; charset=utf-8 | - | -
iterator h1: 200 abc | text/html; charset=utf-8 | - | chunked
iterator h2: 200 abc | text/html; charset=utf-8 | - | -
aggregate h1: 200 xy | text/html; charset=utf-8 | - | chunked
aggregate h2: 200 xy | text/html; charset=utf-8 | - | -
no-pieces h1: 200  | %S | 0 | -
no-pieces h2: 200  | %S | 0 | -
null h1: 200  | - | 0 | -
null h2: 200  | - | 0 | -
made h1: 201 made | text/html; charset=utf-8 | - | chunked
made h2: 201 made | text/html; charset=utf-8 | - | -
typed h1: 200 a,b | text/csv | 3 | -
typed h2: 200 a,b | text/csv | 3 | -
exit 0
