--TEST--
A piece larger than every bound is taken by tryWrite() when nothing is waiting, so that all sizes can be sent
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        note(json_encode($r->tryWrite(Body::of(3000000))));
        note(json_encode($r->tryWrite("x")));
        $r->awaitWritable();
        $r->end(Body::at(3000000, 5));
    }
    PHP);
foreach (protocols() as $name => $get) {
    check($name, $get($server->url())->isBody(3000005));
}
$server->stop();
echo $server->stdout;
?>
--EXPECT--
h1: yes
h2: yes
true
false
true
false
