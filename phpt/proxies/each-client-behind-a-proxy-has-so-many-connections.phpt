--TEST--
Limits: connectionsPerAddress counts the client that a header of the PROXY protocol tells of, not its proxy
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server(limits: new Sluice\Limits(connectionsPerAddress: 2));
    $server->handle(fn ($request) => $request->getPath() === '/stats' ? $server->stats() : $request->getRemoteAddress());
    say($server->listen('tcp://127.0.0.1:0', null, new Sluice\Proxies(['127.0.0.1'], 'required')), $server->listen('tcp://127.0.0.2:0'));
    $server->start();
    PHP);
$open = function (string $client) use ($server, &$held): Answer {
    $held[$client][] = $raw = Raw::connect($server->addresses[0]);
    $raw->send(proxy_v2($client) . "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    return $raw->answer();
};
foreach (['192.0.2.1', '192.0.2.2', '192.0.2.3'] as $client) {
    echo $open($client), ', ', $open($client), ', ', $open($client)->status, "\n";
}
$listener = json_decode(h1($server->url('/stats', 1))->body, true)['listeners'][0];
echo json_encode([$listener['connections']['refused'], $listener['limits']['connectionsPerAddress'], $listener['proxyHeaders']]), "\n";
$held['192.0.2.1'][0]->close();
until('the place to be free', fn () => $open('192.0.2.1')->status === 200);
?>
--EXPECT--
200 192.0.2.1, 200 192.0.2.1, 503
200 192.0.2.2, 200 192.0.2.2, 503
200 192.0.2.3, 200 192.0.2.3, 503
[3,3,{"ok":9,"failed":0}]
