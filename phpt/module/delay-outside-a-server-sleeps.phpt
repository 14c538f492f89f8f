--TEST--
delay() in a script that serves nothing sleeps, in a fiber too, and refuses a time that makes no sense
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$sleep = function (): string {
    $began = hrtime(true);
    Sluice\delay(0.05);
    return hrtime(true) - $began >= 50_000_000 ? 'slept' : 'TOO SHORT';
};
echo $sleep(), "\n";
$fiber = new Fiber($sleep);
$fiber->start();
echo $fiber->isTerminated() ? $fiber->getReturn() : 'SUSPENDED', "\n";
foreach ([-1.0, NAN, INF] as $seconds) {
    echo attempt(fn () => Sluice\delay($seconds)), "\n";
}
?>
--EXPECTF--
slept
slept
Sluice\ConfigException: %s
Sluice\ConfigException: %s
Sluice\ConfigException: %s
