--TEST--
A worker that has grown past maxMemory is replaced after its request, and its replacement is ready before
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$setup = <<<'PHP'
    $answers = answers($server, 'one');
    $server->handle(function ($request) use ($answers) {
        static $leak = [];
        if ($request->getPath() === '/leak') {
            $leak[] = random_bytes(4 << 20);
            return (string) getmypid();
        }
        return $answers($request);
    });
    PHP;
$server = ServerProcess::run(crew('workers: 2, maxMemory: 32 << 20', setup: $setup), ['memory_limit' => '256M']);
$first = await_ready($server, 2);
$hammer = new Hammer($server, '/leak');
$fewest = 2;
$most = 0;
$hammer->until('all to be replaced', function () use ($server, $first, &$fewest, &$most) {
    $stats = crew_stats($server);
    $fewest = min($fewest, count(ready($stats)));
    $most = max($most, ...array_column($stats['workers'], 'memory'));
    return array_intersect($first, ready($stats)) === [];
});
check('no request failed', $hammer->failures === [], $hammer->failed());
check('never fewer than two were ready', $fewest === 2, $fewest);
check('stats() shows their memory', $most > 8 << 20 && $most < 128 << 20, $most);
echo ending($server), "\n";
?>
--EXPECT--
no request failed: yes
never fewer than two were ready: yes
stats() shows their memory: yes
exit 0, nothing left behind
