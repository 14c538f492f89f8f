--TEST--
A worker ends after maxRequests, and its replacement is ready before: no request fails
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2, maxRequests: 20'));
await_ready($server, 2);
$hammer = new Hammer($server, '/pid');
$fewest = 2;
$hammer->until('six processes to have answered', function () use ($server, $hammer, &$fewest) {
    $fewest = min($fewest, count(ready(crew_stats($server))));
    return count($hammer->bodies) >= 6;
});
check('the failed ones', $hammer->failures === [], $hammer->failed());
check('never fewer than two were ready', $fewest === 2, $fewest);
check('none answered far more than its share', max($hammer->bodies) <= 200, $hammer->bodies);
await_ready($server, 2);
echo ending($server), "\n";
?>
--EXPECT--
the failed ones: yes
never fewer than two were ready: yes
none answered far more than its share: yes
exit 0, nothing left behind
