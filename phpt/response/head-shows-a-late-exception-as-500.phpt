--TEST--
A handler that throws after it has streamed to a HEAD request gives 500, not 200
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($request, $r) { $r->write("some"); $r->write("more"); throw new RuntimeException("late"); }');
foreach (protocols() as $name => $get) {
    echo "$name ", $get($server->url(), '-I')->status, "\n";
}
$server->finish();
?>
--EXPECTF--
h1 500
h2 500
exit 0
stderr: [sluice] RuntimeException: late in %s:%d
stderr: [sluice] RuntimeException: late in %s:%d
