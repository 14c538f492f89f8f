--TEST--
A stop or a reload ends the loops of event streams at once and cleanly, in the middle of a long delay too; no event is lost
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

// Events are numbered by the last id that the client has: a client that comes again goes on where it was.
$script = fn (string $code) => <<<PHP
    \$server = new Sluice\Server(workers: 2, timeouts: new Sluice\Timeouts(drain: 60));
    \$server->handle(function (\$request, \$response) use (\$server) {
        if (\$request->getPath() === '/stats') {
            return \$server->stats();
        }
        \$events = \$response->events();
        \$next = 1 + (int) \$events->getLastEventId();
        while (\$events->isOpen()) {
            \$events->send('$code', id: (string) \$next++);
            Sluice\delay(\$request->getPath() === '/slow' ? 60 : 0.02);
        }
        \$events->send('last', id: (string) \$next++);
    });
    say(\$server->listen('tcp://127.0.0.1:0'));
    \$server->start();
    PHP;
$server = ServerProcess::run($script('old'));
await_ready($server, 2);
$clients = [];
foreach (['--http1.1', '--http2-prior-knowledge'] as $option) {
    foreach (['/fast', '/slow'] as $path) {
        $clients["$option $path"] = $client = new EventClient($server->url($path), $option);
        $ids["$option $path"] = [$client->next()];
    }
}
$server->rewrite($script('new'));
$begun = microtime(true);
$server->signal(ServerProcess::SIGHUP);
foreach ($clients as $name => $client) {
    [$option, $path] = explode(' ', $name);
    while (($block = $client->next()) !== null) {
        $ids[$name][] = $block;
    }
    $end = [$client->rest(), $client->leave(), str_ends_with(end($ids[$name]), 'data: last')];
    // As a browser does.
    $again = new EventClient($server->url($path), $option, '-H', 'Last-Event-ID: ' . count($ids[$name]));
    $ids[$name][] = $new = $again->next();
    $again->leave();
    $numbers = array_map(fn ($block) => preg_match('/^id: (\d+)/', $block, $found) ? (int) $found[1] : $block, $ids[$name]);
    check("$name ends cleanly", $end === ['', 0, true], $end);
    check("$name has every event, in order", $numbers === range(1, count($numbers)), $numbers);
    check("$name goes on with the new code", str_ends_with($new, 'data: new'), $new);
}
check('it took a moment of the 60 seconds', microtime(true) - $begun < 10, microtime(true) - $begun);
await_generation($server, 2, 2);

$client = new EventClient($server->url('/slow'));
$client->next();
$begun = microtime(true);
echo ending($server), "\n";
check('and so did the stop', microtime(true) - $begun < 10, microtime(true) - $begun);
$client->next();
$client->next();
echo 'curl ', $client->leave(), "\n";
?>
--EXPECT--
--http1.1 /fast ends cleanly: yes
--http1.1 /fast has every event, in order: yes
--http1.1 /fast goes on with the new code: yes
--http1.1 /slow ends cleanly: yes
--http1.1 /slow has every event, in order: yes
--http1.1 /slow goes on with the new code: yes
--http2-prior-knowledge /fast ends cleanly: yes
--http2-prior-knowledge /fast has every event, in order: yes
--http2-prior-knowledge /fast goes on with the new code: yes
--http2-prior-knowledge /slow ends cleanly: yes
--http2-prior-knowledge /slow has every event, in order: yes
--http2-prior-knowledge /slow goes on with the new code: yes
it took a moment of the 60 seconds: yes
exit 0, nothing left behind
and so did the stop: yes
curl 0
