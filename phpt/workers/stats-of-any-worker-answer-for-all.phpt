--TEST--
stats() says the same in every worker, and tells of each its pid, state, generation, uptime, requests and memory
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 3'));
$pids = await_ready($server, 3);
$clients = one_each($server, 3);
foreach ($clients as $client) {
    for ($i = 0; $i < 5; $i++) {
        ask($client, '/pid');
    }
}
$views = array_map(fn ($client) => crew_stats($server, $client), $clients);
$view = $views[array_key_first($views)];
foreach ($view['workers'][0] as $key => $value) {
    echo $key, ' ', get_debug_type($value), "\n";
}
echo 'restarts ', get_debug_type($view['restarts']), ', reloads ', get_debug_type($view['reloads']), "\n";
check('all name the same workers', array_filter($views, fn ($stats) => ready($stats) !== $pids) === [], $views);
$accepted = array_map(fn ($stats) => $stats['listeners'][0]['connections']['accepted'], $views);
check('and the same connections', count(array_unique($accepted)) === 1, $accepted);
check('all three are open', $view['listeners'][0]['connections']['open'] >= 3, $view['listeners']);
$requests = array_column(crew_stats($server)['workers'], 'requests');
check('each has its own requests', min($requests) >= 6 && array_sum($requests) < 3 * 30, $requests);
check('its memory', min(array_column($view['workers'], 'memory')) >= 1 << 20, $view['workers']);
check('and its uptime', min(array_column($view['workers'], 'uptime')) > 0, $view['workers']);
echo ending($server), "\n";
?>
--EXPECT--
pid int
state string
generation int
uptime float
requests int
memory int
restarts int, reloads int
all name the same workers: yes
and the same connections: yes
all three are open: yes
each has its own requests: yes
its memory: yes
and its uptime: yes
exit 0, nothing left behind
