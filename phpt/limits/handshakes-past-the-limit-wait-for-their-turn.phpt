--TEST--
A handshake past the limit waits until another is done, and is counted when its time is over before
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$patience = 2;
$server = secured(tls_of(issue('x', ['localhost'])), "limits: new Sluice\\Limits(handshakes: 1), timeouts: new Sluice\\Timeouts(handshake: $patience)");
$observer = Raw::connect($server->addresses[0]);
/** Waits until something holds for the TLS listener. */
function await_listener(ServerProcess $server, Raw $observer, string $what, callable $holds): array
{
    return until($what, function () use ($server, $observer, $holds) {
        $listener = crew_stats($server, $observer)['listeners'][1];
        return $holds($listener) ? $listener : null;
    });
}
$silent = Raw::connect($server->addresses[1]);
await_listener($server, $observer, 'the silent one', fn ($listener) => $listener['connections']['open'] === 1);
$process = proc_open(
    ['curl', '-q', '-sSk', '--noproxy', '*', '--max-time', '20', preg_replace('~^tcp~', 'https', $server->addresses[1])],
    [['file', '/dev/null', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']],
    $pipes,
);
$waiting = await_listener($server, $observer, 'the one that waits', fn ($listener) => $listener['connections']['open'] === 2);
echo 'while one is silent: ', json_encode([$waiting['handshakes'], $waiting['requests']['2'] + $waiting['requests']['1.1']]), "\n";
// curl has inherited its descriptor: a close would not end it.
$silent->closeWrite();
echo 'when it has gone: ', stream_get_contents($pipes[1]), "\n";
$after = await_listener($server, $observer, 'both to be gone', fn ($listener) => $listener['connections']['open'] === 0);
echo json_encode([$after['handshakes'], $after['limits']['handshakes'], $after['timeouts']['handshake']]), "\n";
$one = Raw::connect($server->addresses[1]);
await_listener($server, $observer, 'the first', fn ($listener) => $listener['connections']['open'] === 1);
$other = Raw::connect($server->addresses[1]);
$after = await_listener($server, $observer, 'both to be cut off', fn ($listener) => $listener['connections']['accepted'] === 4 && $listener['connections']['open'] === 0);
echo 'two silent ones: ', json_encode([$after['handshakes'], $after['limits']['handshakes'], $after['timeouts']['handshake']]), "\n";
echo 'the next: ', curl(preg_replace('~^tcp~', 'https', $server->addresses[1])), "\n";
$server->finish();
?>
--EXPECT--
while one is silent: [{"ok":0,"failed":0},0]
when it has gone: hello to null
[{"ok":1,"failed":1},0,0]
two silent ones: [{"ok":1,"failed":3},1,1]
the next: 200 hello to null
exit 0
