--TEST--
onError() makes the response of an uncaught exception, may wait, and sees the previous exceptions
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server();
    $server->handle(function ($request, $r) {
        $r->setStatus(201)->setHeader('X-From', 'handler');
        if ($request->getPath() === '/late') $r->write('some');
        try { throw new DomainException('inner'); }
        catch (Exception $e) { throw new RuntimeException('outer', 5, $e); }
    });
    $server->onError(function (Throwable $e, Sluice\Request $request, Sluice\Response $r) {
        note('onError: ' . $request->getPath() . ' committed ' . json_encode($r->isCommitted()));
        Sluice\delay(0.001);
        if (!$r->isCommitted()) $r->json([$e->getMessage(), $e->getCode(), $e->getPrevious()->getMessage()], 503);
    });
    say($server->listen('tcp://127.0.0.1:0'));
    $server->start();
    PHP);
foreach (protocols() as $name => $get) {
    echo "$name ", $get($server->url()), "\n";
    $a = $get($server->url('/late'));
    check('an abort after the commit', $a->exit !== 0, $a->exit);
}
$server->stop();
echo $server->stdout;
?>
--EXPECT--
h1 503 ["outer",5,"inner"]
an abort after the commit: yes
h2 503 ["outer",5,"inner"]
an abort after the commit: yes
onError: / committed false
onError: /late committed true
onError: / committed false
onError: /late committed true
