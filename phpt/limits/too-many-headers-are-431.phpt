--TEST--
More header fields than the limit get 431, on h1 and h2, and no handler call
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($r) { note("handled"); return "ok"; }', server: 'new Sluice\Server(limits: new Sluice\Limits(headers: 20))');
$fields = fn (int $count) => array_merge(...array_map(fn ($i) => ['-H', "X-$i: $i"], range(1, $count)));
foreach (protocols() as $name => $get) {
    echo "$name: ", $get($server->url(), ...$fields(15)), ' ', $get($server->url(), ...$fields(30))->status, ' ', $get($server->url(), ...$fields(500))->status, "\n";
}
$server->finish();
?>
--EXPECT--
h1: 200 ok 431 431
h2: 200 ok 431 431
exit 0
stdout: handled
stdout: handled
