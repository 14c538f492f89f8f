--TEST--
The sums of stats() are those of all workers, dead and replaced ones too, and never go back
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2', tls: 'Sluice\Tls::selfSigned()'));
await_ready($server, 2);
/** All counts that only grow, by name. */
function sums(array $stats): array
{
    $sums = ['restarts' => $stats['restarts'], 'reloads' => $stats['reloads'], 'uptime' => $stats['uptime']];
    foreach ($stats['listeners'] as $number => $listener) {
        unset($listener['connections']['open'], $listener['requests']['active'], $listener['ring']['capacity']);
        foreach (['connections', 'handshakes', 'requests', 'bytes', 'timeouts', 'ring'] as $group) {
            foreach ($listener[$group] ?? [] as $name => $count) {
                $sums["$number $group $name"] = $count;
            }
        }
    }
    return $sums;
}
$last = [];
$back = [];
$asked = 0;
$look = function () use ($server, &$last, &$back, &$asked): array {
    $stats = crew_stats($server);
    $asked++;
    $sums = sums($stats);
    foreach ($last as $name => $count) {
        if ($sums[$name] < $count) {
            $back[] = "$name from $count to {$sums[$name]}";
        }
    }
    $last = $sums;
    return $stats;
};
$start = sums($look())['0 requests 1.1'];
$secure = preg_replace('~^http:~', 'https:', $server->url(listener: 1));
h2($secure);
h1($secure);
for ($i = 0; $i < 20; $i++) {
    $look();
}
$clients = one_each($server, 2);
$held = 2;
$victim = array_key_first($clients);
kill($victim, ServerProcess::SIGKILL);
until('the worker to be replaced', fn () => count($pids = ready($look())) === 2 && !in_array($victim, $pids, true));
check('a restart is counted', $look()['restarts'] === 1, $last);
$server->signal(ServerProcess::SIGHUP);
until('the reload', fn () => $look()['reloads'] === 1);
until('the old workers to be gone', fn () => count($look()['workers']) === 2);
check('nothing went back', $back === [], $back);
check('every request was counted once', $last['0 requests 1.1'] - $start === $asked - 1 + $held, [$last, $start, $asked]);
check('those over TLS too', [$last['1 requests 2'], $last['1 requests 1.1'], $last['1 handshakes ok']] === [1, 1, 2], $last);
echo ending($server), "\n";
?>
--EXPECT--
a restart is counted: yes
nothing went back: yes
every request was counted once: yes
those over TLS too: yes
exit 0, nothing left behind
