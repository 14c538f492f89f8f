--TEST--
Limits and Timeouts hold their defaults in read-only properties
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach ([new Sluice\Limits(), new Sluice\Timeouts()] as $settings) {
    foreach ((new ReflectionClass($settings))->getConstructor()->getParameters() as $parameter) {
        $name = $parameter->getName();
        echo $name, ' ', var_export($settings->$name, true), "\n";
    }
}
$limits = new Sluice\Limits(body: 5, streams: 7);
echo $limits->body, ' ', $limits->streams, ' ', $limits->head, "\n";
$timeouts = new Sluice\Timeouts(idle: 1, write: 0.5);
echo var_export($timeouts->idle, true), ' ', $timeouts->write, ' ', var_export($timeouts->head, true), "\n";
echo attempt(function () use ($limits) { $limits->body = 6; }), "\n", $limits->body, "\n";
echo attempt(function () use ($timeouts) { $timeouts->idle = 6.0; }), "\n", var_export($timeouts->idle, true), "\n";
?>
--EXPECTF--
body 16777216
head 32768
headers 100
target 8192
connections 10000
streams 128
connectionsPerAddress 1000
requests 10000
queue 1000
resets 200
handshakes 1000
handshake 10.0
head 15.0
idle 60.0
body 30.0
write 30.0
drain 10.0
handler 0.0
age 0.0
rate 240.0
5 7 32768
1.0 0.5 15.0
Error: %sLimits::$body%S
5
Error: %sTimeouts::$idle%S
1.0
