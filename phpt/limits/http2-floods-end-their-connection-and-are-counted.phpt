--TEST--
A flood of HTTP/2 resets or empty frames ends with GOAWAY ENHANCE_YOUR_CALM; handlers learn of it, and stats() counts it
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server();
    $begun = $gone = 0;
    $server->handle(function ($request) use ($server, &$begun, &$gone) {
        if ($request->getPath() === '/limits') {
            return ['limits' => $server->stats()['listeners'][0]['limits'], 'begun' => $begun, 'gone' => $gone];
        }
        $begun++;
        try {
            Sluice\delay(60);
        } finally {
            $gone++;
        }
    });
    say($server->listen('tcp://127.0.0.1:0'));
    $server->start();
    PHP);
$limits = fn () => json_decode(h1($server->url('/limits'))->body, true);
$floods = [
    'resets' => function (H2 $h2, int $i) {
        $h2->cancel($h2->request());
    },
    'pings' => function (H2 $h2, int $i) {
        $h2->raw->send(H2::frame(H2::PING, 0, 0, pack('J', $i)));
    },
    'settings' => function (H2 $h2, int $i) {
        $h2->raw->send(H2::frame(H2::SETTINGS, 0, 0, ''));
    },
];
foreach ($floods as $name => $flood) {
    $h2 = H2::plain($server);
    $before = $limits()['begun'];
    $h2->request();
    until('the handler to run', fn () => $limits()['begun'] > $before);
    for ($i = 0; $i < 5000 && $h2->goaway === null && !$h2->closed; $i++) {
        try {
            $flood($h2, $i);
        } catch (Throwable) {
            break;
        }
    }
    $h2->until(fn () => $h2->closed, 'the connection to close');
    echo $name, ': ', $h2->goaway, "\n";
}
$told = until('the handlers to be told', fn () => ($now = $limits())['gone'] === $now['begun'] ? $now : null);
echo json_encode(array_filter($told['limits'])), "\n";
$server->finish();
?>
--EXPECT--
resets: 11
pings: 11
settings: 11
{"resets":1,"floods":2}
exit 0
