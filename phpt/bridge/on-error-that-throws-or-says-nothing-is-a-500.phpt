--TEST--
onError() that itself throws, returns nothing or leaves the response open still gives a response
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server();
    $server->handle(fn ($request) => throw new DomainException('first'));
    $server->onError(function (Throwable $e, $request, $r) {
        switch ($request->getPath()) {
            case '/throws': throw new LogicException('second');
            case '/nothing': return;
            case '/open': $r->setStatus(502); $r->write('half '); $r->write('whole'); return;
            case '/streams-then-throws': $r->write('half'); throw new LogicException('third');
        }
    });
    say($server->listen('tcp://127.0.0.1:0'));
    $server->start();
    PHP);
foreach (['/throws', '/nothing', '/open', '/streams-then-throws'] as $path) {
    echo "$path: ", h1($server->url($path)), "\n";
}
echo h1($server->url('/nothing')), "\n";
$server->stop();
echo $server->stderr;
?>
--EXPECTF--
/throws: 500 Internal Server Error
/nothing: 500 Internal Server Error
/open: 502 half whole
/streams-then-throws: %d %Scurl %d)
500 Internal Server Error
%A[sluice] LogicException: second in %s:%d
%A[sluice] LogicException: third in %s:%d%A
