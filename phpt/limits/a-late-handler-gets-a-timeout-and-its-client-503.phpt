--TEST--
Timeouts: handler: a late handler's next wait throws TimeoutException; uncaught the client gets 503, after the commit a failed transfer; event streams go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use ($server) {
        switch ($request->getPath()) {
            case '/stats': return $server->stats();
            case '/waits': Sluice\delay(60); return 'never';
            case '/caught':
                try { Sluice\delay(60); } catch (Sluice\TimeoutException $e) { return 'caught: ' . $e->getMessage(); }
            case '/finally':
                try { Sluice\delay(60); } finally { note('finally'); }
            case '/foreign': Fiber::suspend(); return 'never';
            case '/begun':
                for (;;) { $response->write('piece'); Sluice\delay(0.05); }
            case '/reads': return $request->getBody();
            case '/events':
                $events = $response->events();
                for ($i = 0; $i < 12; $i++) { $events->send((string) $i); Sluice\delay(0.1); }
                return;
        }
        return 'quick';
    }
    PHP, server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(handler: 0.4, drain: 0.1))');
foreach (['h1' => h1(...), 'h2' => h2(...)] as $name => $get) {
    foreach (['/', '/waits', '/caught', '/finally', '/foreign'] as $path) {
        $a = $get($server->url($path));
        echo "$name $path: $a->status $a->body\n";
    }
    $a = $get($server->url('/begun'));
    check("$name /begun fails", $a->exit !== 0 && str_starts_with($a->body, 'piecepiece'), $a->exit);
    $a = $get($server->url('/events'));
    check("$name /events is whole", $a->exit === 0 && str_contains($a->body, "data: 11\n"), $a->body);
}
$slow = Raw::connect($server->addresses[0]);
$slow->send("POST /reads HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
echo 'h1 /reads: ', $slow->answer()->status, "\n";
$counts = json_decode(h1($server->url('/stats'))->body, true)['listeners'][0]['timeouts'];
echo $counts['handler'], " were late\n";
$server->stop();
$lines = preg_replace('~ in \S+:\d+~', '', $server->stdout . $server->stderr);
foreach (array_count_values(explode("\n", trim($lines))) as $line => $count) {
    echo "$count x $line\n";
}
?>
--EXPECT--
h1 /: 200 quick
h1 /waits: 503 Service Unavailable
h1 /caught: 200 caught: the handler has taken longer than the handler timeout (Timeouts: handler)
h1 /finally: 503 Service Unavailable
h1 /foreign: 503 Service Unavailable
h1 /begun fails: yes
h1 /events is whole: yes
h2 /: 200 quick
h2 /waits: 503 Service Unavailable
h2 /caught: 200 caught: the handler has taken longer than the handler timeout (Timeouts: handler)
h2 /finally: 503 Service Unavailable
h2 /foreign: 503 Service Unavailable
h2 /begun fails: yes
h2 /events is whole: yes
h1 /reads: 503
11 were late
2 x finally
7 x [sluice] Sluice\TimeoutException: the handler has taken longer than the handler timeout (Timeouts: handler)
1 x [sluice] the drain timeout cut off 0 connections and 2 handlers
