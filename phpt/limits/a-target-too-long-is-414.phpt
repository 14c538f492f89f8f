--TEST--
A request target past the limit gets 414, on h1 and h2, and no handler call
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r) {
        note("handled");
        return (string) strlen($r->getRequestTarget());
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(target: 1000))');
foreach (protocols() as $name => $get) {
    foreach ([1000, 1001, 20000] as $length) {
        $a = $get($server->url('/' . str_repeat('x', $length - 1)));
        echo "$name $length: ", $a->status, $a->status === 200 ? " $a->body" : '', "\n";
    }
    echo "$name query: ", $get($server->url('/?' . str_repeat('x', 999)))->status, "\n";
}
$server->finish();
?>
--EXPECT--
h1 1000: 200 1000
h1 1001: 414
h1 20000: 414
h1 query: 414
h2 1000: 200 1000
h2 1001: 414
h2 20000: 414
h2 query: 414
exit 0
stdout: handled
stdout: handled
