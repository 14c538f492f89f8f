--TEST--
A fiber that echoes inside the handler's ob_start() lands in that buffer, as in plain PHP
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$plain = <<<'PHP'
    ob_start();
    echo 'a';
    $f = new Fiber(function () { echo 'b'; Fiber::suspend(); echo 'd'; });
    $f->start();
    echo 'c';
    $f->resume();
    echo 'e';
    $said = ob_get_clean();
    PHP;
eval($plain);
$server = serve("function (\$request) { $plain; Sluice\\delay(0.001); return \$said; }");
echo $said, "\n", h1($server->url()), "\n";
$server->finish();
?>
--EXPECT--
abcde
200 abcde
exit 0
