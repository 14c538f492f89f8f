--TEST--
Pooled fibers hold nothing of their last job: its objects are destroyed when it ends
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use (&$alive) {
        $mine = new class($alive) { function __construct(public &$alive) { $alive++; } function __destruct() { $this->alive--; } };
        Sluice\delay(0.002);
        return "alive $alive";
    }
    PHP, before: '$alive = 0;');
foreach (['a', 'b', 'c'] as $i) {
    echo h1($server->url()), "\n";
}
foreach (together(array_fill(0, 20, $server->url())) as $t) {
    $t->error === 0 || print("$t\n");
}
echo h1($server->url()), "\n";
$server->finish();
?>
--EXPECT--
200 alive 1
200 alive 1
200 alive 1
200 alive 1
exit 0
