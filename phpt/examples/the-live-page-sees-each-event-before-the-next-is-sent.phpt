--TEST--
examples/live.php: in headless Chromium the page has shown each event, and said so, before the next one is sent
--EXTENSIONS--
sluice
--SKIPIF--
<?php
if (!is_executable('/usr/bin/chromium')) die('skip chromium is not installed: apt-get install chromium');
?>
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run('$argv = ["", "127.0.0.1:0"]; require ' . var_export(dirname(__DIR__, 2) . '/examples/live.php', true) . ';');
$home = browser_home();
// A debugging port keeps the browser at the page; nobody connects there.
$browser = proc_open(
    browser($home, $server->url(), '--remote-debugging-port=0'),
    [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', "$home/complaints", 'w']],
    $pipes,
);
register_shutdown_function(function () use ($browser) {
    if (is_resource($browser)) {
        proc_terminate($browser, 9);
        proc_close($browser);
    }
});
try {
    $server->waitFor('event 6 was here', seconds: 60.0);
} finally {
    proc_terminate($browser, 15);
    proc_close($browser);
}
preg_match_all('/^event (\d+) was here after/m', $server->stdout, $found);
check('each event was seen before the next was sent', array_slice($found[1], 0, 6) === ['1', '2', '3', '4', '5', '6'], $server->stdout);
check('none was missed', !str_contains($server->stdout, 'not heard of'), $server->stdout);
$server->waitFor('is over');
echo "the stream ended with the browser\n";

// What another client gets that shows nothing.
$client = new EventClient($server->url('/events'), '-H', 'Last-Event-ID: 41');
preg_match('/^event: hello\nretry: 500\ndata: ([0-9a-f]{16})$/', $client->next(), $stream);
preg_match('/^id: 42\ndata: .*: hello$/', $client->next(), $first);
echo h1($server->url("/seen?stream=$stream[1]&event=42"), '-X', 'POST')->status, ' ';
check('it goes on after its last id', $first !== [] && preg_match('/^id: 43\ndata: .*: event 42 was here/', $client->next()) === 1);
echo h1($server->url('/seen'), '-X', 'POST')->status, ' ', h1($server->url('/none')), "\n";
echo 'exit ', $server->stop(SIGINT), ', curl ', $client->leave(), ', stderr "', $server->stderr, '"';
?>
--EXPECT--
each event was seen before the next was sent: yes
none was missed: yes
the stream ended with the browser
204 it goes on after its last id: yes
204 404 There is no such page.
exit 0, curl 0, stderr ""
