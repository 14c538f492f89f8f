--TEST--
A fatal error after a wait, inside an inner fiber, and on an HTTP/2 stream beside others
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    function ($request, $r) {
        switch ($request->getPath()) {
            case '/fine': note('fine waits'); Sluice\delay(0.2); return 'fine';
            case '/resumed': Sluice\delay(0.01); str_repeat('x', 1 << 30);
            case '/inner':
                $f = new Fiber(function () { Sluice\delay(0.01); str_repeat('x', 1 << 30); });
                $f->start();
                while (!$f->isTerminated()) Sluice\delay(0.01);
                return 'NO';
        }
    }
    PHP;
foreach (['/resumed', '/inner'] as $path) {
    $server = serve($handler, ini: ['memory_limit' => '64M']);
    $h2 = H2::plain($server);
    $fine = $h2->request('/fine');
    $server->waitFor('fine waits');
    $fatal = $h2->request($path);
    $h2->finish($fatal);
    $h2->finish($fine);
    echo "$path {$h2->status[$fatal]} {$h2->body[$fatal]}, {$h2->status[$fine]} {$h2->body[$fine]}, exit {$server->wait()}\n";
}
?>
--EXPECT--
/resumed 500 Internal Server Error, 200 fine, exit 255
/inner 500 Internal Server Error, 200 fine, exit 255
