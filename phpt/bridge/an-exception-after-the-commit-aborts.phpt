--TEST--
An uncaught exception after the commit aborts the transfer, and the server serves on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        switch ($request->getPath()) {
            case '/fine': return 'fine';
            case '/write': $r->write('some'); throw new DomainException('in the middle');
            case '/generator': return (function () { yield 'some'; yield 'more'; throw new DomainException('in the generator'); })();
            case '/ended': $r->end('whole'); throw new DomainException('after the end');
        }
    }
    PHP);
foreach (protocols() as $name => $get) {
    foreach (['/write', '/generator', '/ended', '/fine'] as $path) {
        $a = $get($server->url($path));
        echo "$name $path ", $a->exit === 0 ? $a : 'failed', "\n";
    }
}
$server->finish();
?>
--EXPECTF--
h1 /write failed
h1 /generator failed
h1 /ended 200 whole
h1 /fine 200 fine
h2 /write failed
h2 /generator failed
h2 /ended 200 whole
h2 /fine 200 fine
exit 0
stderr: [sluice] DomainException: in the middle in %s:%d
stderr: [sluice] DomainException: in the generator in %s:%d
stderr: [sluice] DomainException: after the end in %s:%d
stderr: [sluice] DomainException: in the middle in %s:%d
stderr: [sluice] DomainException: in the generator in %s:%d
stderr: [sluice] DomainException: after the end in %s:%d
