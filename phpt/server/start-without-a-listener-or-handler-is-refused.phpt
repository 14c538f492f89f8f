--TEST--
start() without a listener or without a handler throws a StateException that says what is missing
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = new Sluice\Server();
$server->handle(fn () => 'x');
echo attempt(fn () => $server->start()), "\n";
$server = new Sluice\Server();
$server->listen('tcp://127.0.0.1:0');
echo attempt(fn () => $server->start()), "\n";
?>
--EXPECTF--
Sluice\StateException: %slisten%S
Sluice\StateException: %shandle%S
