--TEST--
An uncaught exception before the commit is a plain 500; headers of the handler are dropped; one line is logged
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $r->setStatus(201)->setHeader('X-Secret', 'yes')->setHeader('Content-Type', 'image/png')->setTrailer('X-T', 'v');
        if ($request->getPath() === '/error') return no_such_function();
        if ($request->getPath() === '/lines') throw new LogicException("two\nlines\r\n[sluice] forged");
        throw new DomainException('secret detail');
    }
    PHP);
foreach (protocols() as $name => $get) {
    foreach (['/', '/error', '/lines'] as $path) {
        $a = $get($server->url($path));
        echo "$name $a | {$a->header('content-type')} | ", json_encode($a->header('x-secret')), ' ', json_encode($a->trailers), "\n";
    }
}
$server->finish();
?>
--EXPECTF--
h1 500 Internal Server Error | text/plain%S | null []
h1 500 Internal Server Error | text/plain%S | null []
h1 500 Internal Server Error | text/plain%S | null []
h2 500 Internal Server Error | text/plain%S | null []
h2 500 Internal Server Error | text/plain%S | null []
h2 500 Internal Server Error | text/plain%S | null []
exit 0
stderr: [sluice] DomainException: secret detail in %sserver.php:%d
stderr: [sluice] Error: Call to undefined function no_such_function() in %sserver.php:%d
stderr: [sluice] LogicException: two%Slines%S[sluice] forged in %sserver.php:%d
stderr: [sluice] DomainException: secret detail in %sserver.php:%d
stderr: [sluice] Error: Call to undefined function no_such_function() in %sserver.php:%d
stderr: [sluice] LogicException: two%Slines%S[sluice] forged in %sserver.php:%d
