--TEST--
Loaded by the built-in web server, the extension changes nothing; start() there says that it serves from the CLI
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$file = scratch_file('index.php');
file_put_contents($file, <<<'PHP'
    <?php
    if ($_SERVER['REQUEST_URI'] === '/plain') { echo 'plain ', extension_loaded('sluice') ? 'with' : 'without'; return; }
    try {
        $server = new Sluice\Server();
        $server->handle(fn () => 'never');
        $server->listen('tcp://127.0.0.1:0');
        $server->start();
        echo 'STARTED';
    } catch (Throwable $e) { echo get_class($e), ': ', $e->getMessage(); }
    PHP);
$web = ServerProcess::run(<<<PHP
    \$command = array_filter(explode("\\0", file_get_contents('/proc/self/cmdline')), fn (\$a) => \$a !== '');
    \$at = array_search('-f', \$command);
    pcntl_exec(PHP_BINARY, [...array_slice(\$command, 1, \$at - 1), '-S', '127.0.0.1:0', '$file']);
    PHP, listens: false);
$web->waitFor(') started');
preg_match('~http://[\d.]+:\d+~', $web->stderr, $found);
echo curl("$found[0]/plain")->body, "\n";
echo curl("$found[0]/start")->body, "\n";
echo curl("$found[0]/plain")->body, "\n";
?>
--EXPECTF--
plain with
Sluice\StateException: %sserves from%s
plain with
