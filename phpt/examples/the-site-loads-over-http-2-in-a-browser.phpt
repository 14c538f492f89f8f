--TEST--
examples/site: in headless Chromium the page, its style, script and image load over HTTP/2, and the live stats appear
--EXTENSIONS--
sluice
--SKIPIF--
<?php
if (!is_executable('/usr/bin/chromium')) die('skip chromium is not installed: apt-get install chromium');
?>
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run('$argv = ["", "0", "0"]; require ' . var_export(dirname(__DIR__, 2) . '/examples/site/server.php', true) . ';', listens: false);
$server->waitFor("\n", times: 2);
[$http, $https] = explode("\n", $server->stdout);
$home = browser_home();
// --dump-dom prints the document when so many milliseconds of the page's own time have passed; the network stops that clock.
[$status, $document, $complaints] = command(
    browser($home, "$https/", '--ignore-certificate-errors', '--virtual-time-budget=6000', '--dump-dom'),
    seconds: 90.0,
);

$text = fn (string $id) => preg_match("~ id=\"$id\"[^>]*>([^<]*)<~", $document, $found) ? $found[1] : null;
check('the browser is content', $status === 0, $complaints);
foreach (['protocol', 'secure', 'state'] as $id) {
    echo "$id: ", $text($id), "\n";
}
foreach (['connections', 'rate', 'requests', 'high-water'] as $id) {
    check($id, (bool) preg_match('/^[1-9][\d,]*$/', (string) $text($id)), $text($id));
}
check('the script has drawn the ring', (bool) preg_match('~ id="level" style="width: [\d.]+%~', $document), $document);

$stats = json_decode(h1("$http/stats")->body, true)['listeners'];
check('page, style, script, image and at least two stats, all by HTTP/2', $stats[1]['requests']['2'] >= 6 && $stats[1]['requests']['1.1'] === 0, $stats[1]['requests']);
check('capacity', $text('capacity') === number_format($stats[1]['ring']['capacity']), $text('capacity'));
check('the ring kept its bound', $stats[1]['ring']['highWater'] > 0 && $stats[1]['ring']['highWater'] <= $stats[1]['ring']['capacity'] + 29, $stats[1]['ring']);
echo 'exit ', $server->stop(SIGINT), $server->stderr;
?>
--EXPECT--
the browser is content: yes
protocol: HTTP/2
secure: in TLS 1.3
state: They are live.
connections: yes
rate: yes
requests: yes
high-water: yes
the script has drawn the ring: yes
page, style, script, image and at least two stats, all by HTTP/2: yes
capacity: yes
the ring kept its bound: yes
exit 0
