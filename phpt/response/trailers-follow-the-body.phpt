--TEST--
setTrailer() sends trailers after a streamed body on h1 and h2, and no Content-Length then
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $r->setHeader('Trailer', 'X-Sum');
        if ($request->getPath() === '/stream') {
            $hash = hash_init('crc32b');
            foreach (['one', 'two'] as $piece) { $r->write($piece); hash_update($hash, $piece); }
            $r->setTrailer('X-Sum', hash_final($hash));
            $r->end();
            return;
        }
        $r->setTrailer('X-Sum', 'fixed');
        $r->end($request->getPath() === '/empty' ? '' : 'whole');
    }
    PHP);
foreach (['/stream', '/whole', '/empty'] as $path) {
    foreach (protocols() as $name => $get) {
        $a = $get($server->url($path), '-H', 'TE: trailers');
        echo "$name $path $a ", json_encode($a->trailers), ' ', json_encode($a->header('content-length')), "\n";
    }
}
$a = h1($server->url('/stream'), '--http1.0');
echo "1.0 $a ", json_encode($a->trailers), "\n";
?>
--EXPECT--
h1 /stream 200 onetwo {"x-sum":["8c118145"]} null
h2 /stream 200 onetwo {"x-sum":["8c118145"]} null
h1 /whole 200 whole {"x-sum":["fixed"]} null
h2 /whole 200 whole {"x-sum":["fixed"]} null
h1 /empty 200  {"x-sum":["fixed"]} null
h2 /empty 200  {"x-sum":["fixed"]} null
1.0 200 onetwo []
