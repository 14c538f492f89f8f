--TEST--
Destructors, shutdown functions and the code after start() run once, in the first process
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$setup = <<<'PHP'
    class Thing { function __destruct() { note('destructed in ' . getmypid()); } }
    $thing = new Thing();
    register_shutdown_function(fn () => note('shutdown in ' . getmypid()));
    note('before in ' . getmypid());
    PHP;
$server = ServerProcess::run(crew('workers: 2', 'one', $setup, 'note("after in " . getmypid());'));
[$victim] = await_ready($server, 2);
kill($victim, ServerProcess::SIGKILL);
await_ready($server, 2, [$victim]);
$server->signal(ServerProcess::SIGHUP);
await_generation($server, 2, 2);
check('nothing has ended yet', preg_match('/^(after|shutdown|destructed)/m', $server->stdout) === 0, $server->stdout);
echo ending($server), "\n";
foreach (['after', 'shutdown', 'destructed'] as $what) {
    $times = substr_count($server->stdout, "$what in");
    echo "$what: $times time, ", str_contains($server->stdout, "$what in {$server->pid}\n") ? 'in the first process' : 'ELSEWHERE', "\n";
}
echo 'before: ', substr_count($server->stdout, 'before in'), " times, the second for the reload\n";
?>
--EXPECT--
nothing has ended yet: yes
exit 0, nothing left behind
after: 1 time, in the first process
shutdown: 1 time, in the first process
destructed: 1 time, in the first process
before: 2 times, the second for the reload
