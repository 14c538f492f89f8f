--TEST--
The limit of HTTP/2 streams is announced; a stream past it is refused and the others go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function () {
        note("in");
        while (!file_exists($GLOBALS["go"])) Sluice\delay(0.005);
        return "done";
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(streams: 3))', before: '$go = ' . var_export($go = scratch_file('go'), true) . ';');
$h2 = H2::plain($server);
$h2->until(fn () => isset($h2->settings[3]), 'settings');
echo 'announced ', $h2->settings[3], "\n";
$streams = [$h2->request(), $h2->request(), $h2->request(), $h2->request()];
$h2->finish($streams[3]);
echo 'fourth: reset ', json_encode($h2->reset[$streams[3]] ?? null), "\n";
touch($go);
for ($i = 0; $i < 3; $i++) {
    $h2->finish($streams[$i]);
    echo $h2->status[$streams[$i]] ?? 'NONE', ' ', $h2->body[$streams[$i]], "\n";
}
$next = $h2->request();
$h2->finish($next);
echo $h2->status[$next], "\n";
?>
--EXPECT--
announced 3
fourth: reset 7
200 done
200 done
200 done
200
