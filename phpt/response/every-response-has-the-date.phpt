--TEST--
Every response has the Date of this second, refusals too, and a handler's own is not sent
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = 'fn ($request, $r) => $r->setHeader("Date", "Thu, 01 Jan 1970 00:00:00 GMT") ? "x" : ""';
$server = serve($handler, 'new Sluice\Server(limits: new Sluice\Limits(body: 10))');
foreach (protocols() as $name => $get) {
    foreach ([[], ['-I'], ['-d', str_repeat('x', 20)]] as $arguments) {
        $before = time();
        $answer = $get($server->url(), ...$arguments);
        $date = DateTimeImmutable::createFromFormat('D, d M Y H:i:s \G\M\T', (string) $answer->header('date'), new DateTimeZone('UTC'));
        // A second has passed on one side and not yet on the other.
        $isNow = $date !== false && $date->getTimestamp() >= $before - 1 && $date->getTimestamp() <= time();
        check("$name {$answer->status}", $isNow, $answer->headers);
    }
}
?>
--EXPECT--
h1 200: yes
h1 200: yes
h1 413: yes
h2 200: yes
h2 200: yes
h2 413: yes
