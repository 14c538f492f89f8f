--TEST--
A compressed response has no Content-Length, and its handler is held to the one that it declared
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $r->setHeader('Content-Type', 'text/plain')->setHeader('Content-Length', '5000');
        $r->write(str_repeat('a', 2500));
        switch ($request->getPath()) {
            case '/exact': $r->end(str_repeat('b', 2500)); break;
            case '/excess': note(attempt(fn () => $r->write(str_repeat('b', 2501)))); $r->end(str_repeat('b', 2500)); break;
            case '/short': note(attempt(fn () => $r->end(str_repeat('b', 2499)))); break;
            case '/return': break;
        }
    }
    PHP, server: 'new Sluice\Server(compression: new Sluice\Compression())');
foreach (['exact', 'excess', 'short', 'return'] as $path) {
    foreach (protocols() as $name => $get) {
        foreach (['gzip', 'br', 'zstd'] as $coding) {
            $a = $get($server->url("/$path"), '--compressed', '-H', "Accept-Encoding: $coding");
            $isWhole = $a->body === str_repeat('a', 2500) . str_repeat('b', 2500);
            echo "$name $path $coding: ", $a->exit === 0 ? ($isWhole ? 'whole' : 'OTHER BODY') . ', length ' . ($a->header('content-length') ?? '-') : 'failed', "\n";
        }
    }
}
$server->stop();
$notes = explode("\n", trim($server->stdout));
check('six excesses and six shortfalls were thrown', count(preg_grep('/^Sluice.StateException: .*5000.*5001/', $notes)) === 6
    && count(preg_grep('/^Sluice.StateException: .*5000.*4999/', $notes)) === 6, $notes);
?>
--EXPECT--
h1 exact gzip: whole, length -
h1 exact br: whole, length -
h1 exact zstd: whole, length -
h2 exact gzip: whole, length -
h2 exact br: whole, length -
h2 exact zstd: whole, length -
h1 excess gzip: whole, length -
h1 excess br: whole, length -
h1 excess zstd: whole, length -
h2 excess gzip: whole, length -
h2 excess br: whole, length -
h2 excess zstd: whole, length -
h1 short gzip: failed
h1 short br: failed
h1 short zstd: failed
h2 short gzip: failed
h2 short br: failed
h2 short zstd: failed
h1 return gzip: failed
h1 return br: failed
h1 return zstd: failed
h2 return gzip: failed
h2 return br: failed
h2 return zstd: failed
six excesses and six shortfalls were thrown: yes
