--TEST--
write() with status 204 or 304 throws a StateException; with HEAD it runs and sends nothing
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $r->setStatus((int) substr($request->getPath(), 1));
        note($request->getMethod() . $request->getPath() . ' ' . strtok(attempt(fn () => $r->write('a body')), ':'));
        $r->end();
    }
    PHP);
foreach (protocols() as $name => $get) {
    foreach (['/204', '/304'] as $path) {
        $a = $get($server->url($path));
        echo "$name $path $a\n";
    }
    $a = $get($server->url('/200'), '-I');
    echo "$name HEAD {$a->status} ", $a->header('content-length') ?? '-', " curl {$a->exit}\n";
}
$server->stop();
echo $server->stdout;
?>
--EXPECT--
h1 /204 204 
h1 /304 304 
h1 HEAD 200 - curl 0
h2 /204 204 
h2 /304 304 
h2 HEAD 200 - curl 0
GET/204 Sluice\StateException
GET/304 Sluice\StateException
HEAD/200 returned null
GET/204 Sluice\StateException
GET/304 Sluice\StateException
HEAD/200 returned null
