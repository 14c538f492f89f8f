--TEST--
The pid file holds the pid of the first process while the server runs, through reloads, and no longer
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$file = scratch('app.pid');
foreach (['workers: 2', 'supervise: true', 'workers: 1'] as $arguments) {
    $server = ServerProcess::run(crew("$arguments, pidFile: '$file'"));
    get($server);
    check("$arguments: it holds the pid", (int) file_get_contents($file) === $server->pid, file_get_contents($file));
    if ($arguments === 'workers: 2') {
        $server->rewrite(crew("$arguments, pidFile: '$file'", 'two'));
        $server->signal(ServerProcess::SIGHUP);
        await_generation($server, 2, 2);
        check('after a reload too', (int) @file_get_contents($file) === $server->pid);
    }
    echo ending($server), ', the pid file is ', file_exists($file) ? 'STILL THERE' : 'gone', "\n";
}
file_put_contents($file, "999999999\n");
$server = ServerProcess::run(crew("workers: 2, pidFile: '$file'"));
get($server);
check('that of a server that is no more is replaced', (int) file_get_contents($file) === $server->pid, file_get_contents($file));
echo ending($server), "\n";

$nowhere = scratch('no-such-folder/app.pid');
$server = ServerProcess::run(crew("workers: 2, pidFile: '$nowhere'"), listens: false);
check('one that cannot be written fails the start', $server->wait() !== 0, $server->status);
check('and is named', str_contains($server->stdout . $server->stderr, $nowhere), $server->stdout . $server->stderr);
echo left_behind($server), "\n";
?>
--EXPECT--
workers: 2: it holds the pid: yes
after a reload too: yes
exit 0, nothing left behind, the pid file is gone
supervise: true: it holds the pid: yes
exit 0, nothing left behind, the pid file is gone
workers: 1: it holds the pid: yes
exit 0, nothing left behind, the pid file is gone
that of a server that is no more is replaced: yes
exit 0, nothing left behind
one that cannot be written fails the start: yes
and is named: yes
nothing left behind
