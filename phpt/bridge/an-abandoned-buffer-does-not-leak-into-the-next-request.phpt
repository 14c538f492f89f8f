--TEST--
A buffer that a handler leaves open ends with its request: pooled fibers start with a clean stack
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function () { $level = ob_get_level(); ob_start(); echo "left open\n"; return "level $level"; }');
for ($i = 0; $i < 3; $i++) {
    echo h1($server->url()), "\n";
}
$server->stop();
echo $server->stderr;
?>
--EXPECT--
200 level 0
200 level 0
200 level 0
