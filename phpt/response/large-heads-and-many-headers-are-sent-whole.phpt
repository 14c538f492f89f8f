--TEST--
A response head of 100 KB with hundreds of fields arrives whole over a small ring
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        for ($i = 0; $i < 200; $i++) $r->setHeader("X-$i", str_repeat((string) $i, 100));
        return "body";
    }
    PHP, tls: tls_code(ring: 1024));
foreach (protocols() as $name => $get) {
    $a = $get($server->url());
    $right = array_filter(range(0, 199), fn ($i) => $a->header("x-$i") === str_repeat((string) $i, 100));
    echo "$name $a ", count($right), "\n";
}
?>
--EXPECT--
h1 200 body 200
h2 200 body 200
