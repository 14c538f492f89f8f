--TEST--
1,000 handlers that each delay(0.5) finish together in less than a second
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function () {
        static $first;
        $first ??= hrtime(true);
        Sluice\delay(0.5);
        return (string) ((hrtime(true) - $first) / 1e9);
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(streams: 1000))');
$h2 = H2::plain($server);
$streams = [];
for ($i = 0; $i < 1000; $i++) {
    $streams[] = $h2->request();
}
foreach ($streams as $stream) {
    $h2->finish($stream);
}
$times = array_map(fn ($stream) => $h2->status[$stream] === 200 ? (float) $h2->body[$stream] : 99, $streams);
check('all of them waited', min($times) >= 0.5, min($times));
check('together', max($times) < 1.0, max($times));
$server->finish();
?>
--EXPECT--
all of them waited: yes
together: yes
exit 0
