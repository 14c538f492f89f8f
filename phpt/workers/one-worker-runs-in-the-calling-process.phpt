--TEST--
One worker runs in the calling process, unless it is to be supervised
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['', 'workers: 1', 'supervise: true', 'workers: 1, supervise: true'] as $arguments) {
    $server = ServerProcess::run(crew($arguments));
    $pid = (int) get($server, '/pid')->body;
    $stats = crew_stats($server);
    $same = $pid === $server->pid;
    echo "Server($arguments): ", $same ? 'in the calling process' : 'in another', ', ',
        $server->children() === [] ? 'no child' : 'children', ', ', count($stats['workers']), " worker\n";
    check('stats() names it', $stats['workers'][0]['pid'] === $pid, $stats['workers']);
    if (!$same) {
        kill($pid, ServerProcess::SIGKILL);
        check('it is replaced', await_ready($server, 1, [$pid]) !== []);
    }
    echo ending($server), "\n";
}
?>
--EXPECT--
Server(): in the calling process, no child, 1 worker
stats() names it: yes
exit 0, nothing left behind
Server(workers: 1): in the calling process, no child, 1 worker
stats() names it: yes
exit 0, nothing left behind
Server(supervise: true): in another, children, 1 worker
stats() names it: yes
it is replaced: yes
exit 0, nothing left behind
Server(workers: 1, supervise: true): in another, children, 1 worker
stats() names it: yes
it is replaced: yes
exit 0, nothing left behind
