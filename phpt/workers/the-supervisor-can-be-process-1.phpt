--TEST--
As process 1 the supervisor reaps what others leave, replaces workers, reloads and stops
--EXTENSIONS--
sluice
--SKIPIF--
<?php
exec('unshare --pid --fork --mount-proc true 2>&1', $output, $status);
if ($status !== 0) echo 'skip a new pid namespace is not allowed here';
?>
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$setup = <<<'PHP'
    $answers = answers($server, 'VERSION');
    $server->handle(function ($request) use ($answers) {
        switch ($request->getPath()) {
            case '/states':
                $stat = array_map(fn ($file) => (string) @file_get_contents($file), glob('/proc/[0-9]*/stat'));
                return implode('', preg_replace('/^.*\) (\S).*$/s', '$1', $stat));
            case '/orphan':
                // A grandchild whose parent ends at once becomes a child of process 1, and then ends too.
                exec('(true & true &) > /dev/null 2>&1');
                return 'orphaned';
        }
        return $answers($request);
    });
    note('process ' . getmypid());
    PHP;
$server = ServerProcess::run(
    crew('workers: 2', setup: str_replace('VERSION', 'one', $setup)),
    through: ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'],
);
$server->waitFor("process 1\n");
[$victim] = await_ready($server, 2);
$children = $server->children();
$supervisor = current(array_filter($children, fn ($pid) => processes()[$pid]['parent'] === $server->pid));
for ($i = 0; $i < 5; $i++) {
    echo get($server, '/orphan'), "\n";
}
// Outside, the worker has another pid: the last one of NSpid is the one inside.
$isVictim = fn ($pid) => preg_match("/^NSpid:[\t\d]*\t$victim$/m", (string) @file_get_contents("/proc/$pid/status")) === 1;
kill(current(array_filter($children, $isVictim)), ServerProcess::SIGKILL);
await_ready($server, 2, [$victim]);
$server->rewrite(crew('workers: 2', 'two', str_replace('VERSION', 'two', $setup)));
kill($supervisor, ServerProcess::SIGHUP);
until('the new version', fn () => (string) get($server) === '200 two');
await_generation($server, 2, 2);
until('no zombie to be left', fn () => !str_contains(get($server, '/states')->body, 'Z'));
echo "no zombies\n";
kill($supervisor, ServerProcess::SIGTERM);
echo ending($server, null), "\n";
?>
--EXPECT--
200 orphaned
200 orphaned
200 orphaned
200 orphaned
200 orphaned
no zombies
exit 0, nothing left behind
