--TEST--
Workers know their proxies, and a reload takes those of the new code on the same sockets; the counts go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$code = fn (string $version, string $proxies) => <<<PHP
    \$server = new Sluice\Server(workers: 2);
    \$answers = answers(\$server, '$version');
    \$server->handle(fn (\$request) => \$request->getPath() === '/who' ? \$request->getRemoteAddress() : \$answers(\$request));
    say(\$server->listen('tcp://127.0.0.1:0'), \$server->listen('tcp://127.0.0.1:0', null, $proxies));
    \$server->start();
    PHP;
$server = ServerProcess::run($code('one', "new Sluice\\Proxies(['127.0.0.1'], 'required')"));
await_ready($server, 2);
$who = function (string $before, string $header = '') use ($server) {
    $raw = Raw::connect($server->addresses[1]);
    $raw->send("{$before}GET /who HTTP/1.1\r\nHost: x\r\nConnection: close\r\n$header\r\n");
    return $raw->answer()->body ?: 'closed';
};
$forwarded = "X-Forwarded-For: 192.0.2.8\r\n";
for ($i = 0; $i < 8; $i++) {
    $told[] = $who(proxy_v2('192.0.2.7'), $forwarded);
}
echo implode(', ', array_unique($told)), ', ', $who('', $forwarded), "\n";
$server->rewrite($code('two', "new Sluice\\Proxies(['127.0.0.0/8'], headers: 'x-forwarded')"));
$server->signal(ServerProcess::SIGHUP);
await_generation($server, 2, 2);
$raw = Raw::connect($server->addresses[1]);
$raw->send(proxy_v2('192.0.2.7') . "GET /who HTTP/1.1\r\nHost: x\r\n\r\n");
echo $who('', $forwarded), ', ', $who(''), ', ', $raw->answer()->status, "\n";
$server->rewrite($code('three', 'null'));
$server->signal(ServerProcess::SIGHUP);
await_generation($server, 3, 2);
echo $who('', $forwarded), "\n";
echo json_encode(array_column(crew_stats($server)['listeners'], 'proxyHeaders')), "\n";
echo ending($server), "\n";
?>
--EXPECT--
192.0.2.7, closed
192.0.2.8, 127.0.0.1, 400
127.0.0.1
[{"ok":0,"failed":0},{"ok":8,"failed":1}]
exit 0, nothing left behind
