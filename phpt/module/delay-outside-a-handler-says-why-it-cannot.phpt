--TEST--
delay() outside a running server throws a StateException
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

echo attempt(fn () => Sluice\delay(0.01)), "\n";
$fiber = new Fiber(fn () => attempt(fn () => Sluice\delay(0.01)));
$fiber->start();
echo $fiber->isTerminated() ? $fiber->getReturn() : 'SUSPENDED', "\n";
?>
--EXPECTF--
Sluice\StateException: %s
Sluice\StateException: %s
