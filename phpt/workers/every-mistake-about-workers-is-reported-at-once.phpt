--TEST--
workers, maxRequests, maxMemory and watch name every value that is wrong, in one ConfigException
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
mistakes(fn () => new Sluice\Server(workers: 0, maxRequests: 0, maxMemory: -1, watch: ['/no/such/folder']),
    'workers', 'maxRequests', 'maxMemory', '-1', 'watch', '/no/such/folder');
mistakes(fn () => new Sluice\Server(workers: -2), 'workers', '-2', '1');
mistakes(fn () => new Sluice\Server(workers: 1000000), 'workers', '1000000');
mistakes(fn () => new Sluice\Server(workers: 2, maxRequests: -5), 'maxRequests', '-5');
mistakes(fn () => new Sluice\Server(workers: 2, maxMemory: 0), 'maxMemory', '0');
mistakes(fn () => new Sluice\Server(workers: 2, watch: [__DIR__, '/no/such/folder', '/nor/this']), '/no/such/folder', '/nor/this');
echo attempt(fn () => new Sluice\Server(workers: 2, maxRequests: 1000, maxMemory: 256 << 20, watch: [__DIR__])), "\n";
echo attempt(fn () => new Sluice\Server(2, new Sluice\Limits(), new Sluice\Timeouts(), true)), "\n";
$cores = Sluice\Server::cpuCount();
check('cpuCount() counts the cores of this process', $cores >= 1 && $cores <= (int) exec('nproc'), $cores);
?>
--EXPECT--
Sluice\ConfigException
  workers: yes
  maxRequests: yes
  maxMemory: yes
  -1: yes
  watch: yes
  /no/such/folder: yes
Sluice\ConfigException
  workers: yes
  -2: yes
  1: yes
Sluice\ConfigException
  workers: yes
  1000000: yes
Sluice\ConfigException
  maxRequests: yes
  -5: yes
Sluice\ConfigException
  maxMemory: yes
  0: yes
Sluice\ConfigException
  /no/such/folder: yes
  /nor/this: yes
returned Sluice\Server
returned Sluice\Server
cpuCount() counts the cores of this process: yes
