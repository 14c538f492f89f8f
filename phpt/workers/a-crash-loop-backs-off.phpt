--TEST--
A worker that dies again and again is replaced at once at first, then ever later, and the log says so
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2'));
$pids = await_ready($server, 2);
[$steady, $dying] = $pids;
$gaps = [];
do {
    kill($dying, ServerProcess::SIGKILL);
    $died = microtime(true);
    $pids = await_ready($server, 2, [$dying], 40);
    $gaps[] = microtime(true) - $died;
    [$dying] = array_values(array_diff($pids, [$steady]));
    $backsOff = max($gaps) > 4 * max(0.05, $gaps[0]);
    $server->read();
    $saysSo = preg_match('/^\[sluice\].*(crash|loop)/mi', $server->stderr) === 1;
} while (!($backsOff && $saysSo) && count($gaps) < 8);
check('the first is replaced at once', $gaps[0] < 1, $gaps);
check('later ones wait', $backsOff, $gaps);
check('the other worker is the same all the time', in_array($steady, $pids, true), $pids);
check('the log says so', $saysSo, $server->stderr);
echo ending($server), "\n";
?>
--EXPECT--
the first is replaced at once: yes
later ones wait: yes
the other worker is the same all the time: yes
the log says so: yes
exit 0, nothing left behind
