--TEST--
A unix socket is the same file through restarts and reloads, and is gone at the end
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$path = scratch('app.sock');
$code = fn (string $version) => <<<PHP
    \$server = new Sluice\Server(workers: 2);
    \$server->handle(answers(\$server, '$version'));
    say(\$server->listen('unix://$path'));
    \$server->start();
    PHP;
$server = ServerProcess::run($code('one'));
$pids = await_ready($server, 2);
$inode = fileinode($path);
$hammer = new Hammer($server);
$hammer->wave();
kill($pids[0], ServerProcess::SIGKILL);
await_ready($server, 2, [$pids[0]]);
foreach (['two', 'three'] as $version) {
    $server->rewrite($code($version));
    $server->signal(ServerProcess::SIGHUP);
    $hammer->until($version, function ($bodies) use ($version, $path) {
        clearstatcache();
        file_exists($path) || throw new RuntimeException('the socket file is gone');
        return array_unique($bodies) === [$version];
    });
}
await_generation($server, 3, 2);
clearstatcache();
check('it is the same file', fileinode($path) === $inode);
echo implode(', ', array_keys($hammer->bodies)), ', failed: ', $hammer->failed(), "\n";
echo ending($server), "\n";
clearstatcache();
check('it is gone', !file_exists($path));
?>
--EXPECT--
it is the same file: yes
one, two, three, failed: none
exit 0, nothing left behind
it is gone: yes
