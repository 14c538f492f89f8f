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

/** A profile and home of the browser's own, removed with all that it leaves there. */
function browser_home(): string
{
    $home = sys_get_temp_dir() . '/sluice-browser-' . getmypid() . '-' . bin2hex(random_bytes(4));
    mkdir($home, 0700);
    register_shutdown_function(function () use ($home) {
        $all = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($home, FilesystemIterator::SKIP_DOTS), RecursiveIteratorIterator::CHILD_FIRST);
        foreach ($all as $path => $file) {
            $file->isDir() && !$file->isLink() ? rmdir($path) : unlink($path);
        }
        rmdir($home);
    });
    return $home;
}

$server = ServerProcess::run('$argv = ["", "0", "0"]; require ' . var_export(dirname(__DIR__, 2) . '/examples/site/server.php', true) . ';', listens: false);
$server->waitFor("\n", times: 2);
[$http, $https] = explode("\n", $server->stdout);
$home = browser_home();
// --dump-dom prints the document when so many milliseconds of the page's own time have passed; the network stops that clock.
[$status, $document, $complaints] = command([
    '/usr/bin/env', "HOME=$home", '/usr/bin/chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
    '--ignore-certificate-errors', "--user-data-dir=$home/profile", '--virtual-time-budget=6000', '--dump-dom', "$https/",
], seconds: 90.0);

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
