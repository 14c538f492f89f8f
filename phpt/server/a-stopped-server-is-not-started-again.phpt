--TEST--
start() after the server has stopped throws a StateException; a new server in the same process works
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $first = new Sluice\Server();
    $first->handle(function () use ($first) { $first->stop(); return 'first'; });
    $second = new Sluice\Server();
    $second->handle(function () use ($second) { $second->stop(); return 'second'; });
    say($first->listen('tcp://127.0.0.1:0'), $second->listen('tcp://127.0.0.1:0'));
    $first->start();
    note(attempt(fn () => $first->start()));
    $second->start();
    note('the end');
    PHP);
echo h1($server->url(listener: 0)), "\n";
echo h1($server->url(listener: 1)), "\n";
echo 'exit ', $server->wait(), "\n", $server->stdout, $server->stderr;
?>
--EXPECTF--
200 first
200 second
exit 0
Sluice\StateException: %s
the end
