--TEST--
Each of the workers answers, and stats() names them all
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 3'));
$pids = await_ready($server, 3);
$answering = array_keys(one_each($server, 3));
sort($pids);
sort($answering);
check('three processes answer', count($answering) === 3, $answering);
check('they are those of stats()', $answering === $pids, [$answering, $pids]);
check('none is the process that was started', !in_array($server->pid, $answering, true));
check('all descend from it', array_diff($answering, $server->children()) === []);
foreach (crew_stats($server)['workers'] as $worker) {
    echo "{$worker['state']}, generation {$worker['generation']}\n";
}
echo ending($server), "\n";
?>
--EXPECT--
three processes answer: yes
they are those of stats(): yes
none is the process that was started: yes
all descend from it: yes
ready, generation 1
ready, generation 1
ready, generation 1
exit 0, nothing left behind
