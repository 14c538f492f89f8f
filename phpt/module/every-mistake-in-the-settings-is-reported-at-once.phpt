--TEST--
Limits and Timeouts name every value that is out of bounds, in one ConfigException
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

function mistakes(callable $make, string ...$named): void
{
    $text = attempt($make);
    echo strtok($text, ':'), "\n";
    foreach ($named as $name) {
        check("  $name", str_contains($text, $name), $text);
    }
}
mistakes(fn () => new Sluice\Limits(body: -1, head: 1, headers: 0, target: 1, connections: 0, streams: 0),
    'body', '-1', 'head', '8192', 'headers', 'target', 'connections', 'streams');
mistakes(fn () => new Sluice\Timeouts(handshake: 0.0, head: -1.0, idle: NAN, body: INF, write: 100000.0, drain: -0.5),
    'handshake', 'head', '-1', 'idle', 'body', 'write', '100000', 'drain', '-0.5');
mistakes(fn () => new Sluice\Uploads(-1, -1, 10001, -1, 1 << 25, '/no/such/folder'),
    'fields', 'fieldSize', 'files', '10001', 'fileSize', 'memory', 'directory', '/no/such/folder');
mistakes(fn () => new Sluice\Proxies(['10.0.0.1/8', 'proxy.example'], 'always', 'both'),
    'trusted', '10.0.0.1/8', '10.0.0.0/8', 'proxy.example', 'protocol', 'always', 'headers', 'both');
mistakes(fn () => new Sluice\Proxies([]), 'trusted', 'protocol and headers');
mistakes(fn () => new Sluice\Limits(head: 2097152), 'head', '2097152', '1048576');
mistakes(fn () => new Sluice\Limits(head: 8192, target: 8193), 'target', '8193', '8192');
mistakes(fn () => new Sluice\Timeouts(head: 0.001), 'head', '0.001', '0.01');
echo attempt(fn () => new Sluice\Timeouts(drain: 0.0)), "\n";
echo attempt(fn () => new Sluice\Limits(body: 0, head: 1048576, headers: 1000, target: 64, connections: 1, streams: 1)), "\n";
?>
--EXPECT--
Sluice\ConfigException
  body: yes
  -1: yes
  head: yes
  8192: yes
  headers: yes
  target: yes
  connections: yes
  streams: yes
Sluice\ConfigException
  handshake: yes
  head: yes
  -1: yes
  idle: yes
  body: yes
  write: yes
  100000: yes
  drain: yes
  -0.5: yes
Sluice\ConfigException
  fields: yes
  fieldSize: yes
  files: yes
  10001: yes
  fileSize: yes
  memory: yes
  directory: yes
  /no/such/folder: yes
Sluice\ConfigException
  trusted: yes
  10.0.0.1/8: yes
  10.0.0.0/8: yes
  proxy.example: yes
  protocol: yes
  always: yes
  headers: yes
  both: yes
Sluice\ConfigException
  trusted: yes
  protocol and headers: yes
Sluice\ConfigException
  head: yes
  2097152: yes
  1048576: yes
Sluice\ConfigException
  target: yes
  8193: yes
  8192: yes
Sluice\ConfigException
  head: yes
  0.001: yes
  0.01: yes
returned Sluice\Timeouts
returned Sluice\Limits
