--TEST--
A Request and Response kept after the end still tell what they know and refuse the rest
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use ($server, &$kept) {
        if ($kept === null) { $kept = [$request, $response]; return 'first'; }
        [$r, $s] = $kept;
        return [$r->getPath(), $r->getHeaderLine('host') !== '', attempt(fn () => $r->read()), $s->isEnded(), $s->isWritable(),
            attempt(fn () => $s->write('x')), attempt(fn () => $s->setHeader('a', 'b')), attempt(fn () => $s->end()), $s->getStatus()];
    }
    PHP, before: '$kept = null;', after: '$kept = null;');
echo h1($server->url('/one')), "\n";
foreach (json_decode(h1($server->url('/two'))->body) as $fact) {
    echo json_encode($fact, JSON_UNESCAPED_SLASHES), "\n";
}
$server->finish();
?>
--EXPECTF--
200 first
"/one"
true
"returned null"
true
false
"Sluice\\StateException: %s"
"Sluice\\StateException: %s"
"Sluice\\StateException: %s"
200
exit 0
