--TEST--
TLS is spoken on a unix socket as on a port, with names and both protocols
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$path = scratch('tls.sock');
$shop = issue('shop', ['shop.example']);
$tls = tls_of(issue('first', ['first.example'])) . '->with("shop.example", ' . paths($shop) . ')';
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server();
    \$server->handle(fn (\$r) => \$r->getProtocolVersion() . ' ' . \$r->getScheme() . ' ' . \$r->getTls()->serverName . ' ' . json_encode(\$r->getRemoteAddress()));
    say(\$server->listen('unix://$path', $tls));
    \$server->start();
    PHP);
foreach (protocols() as $name => $get) {
    foreach (['shop.example', 'first.example'] as $host) {
        echo "$name $host: ", $get("https://$host/", '--unix-socket', $path, '--no-insecure', '--cacert', $shop[0]), "\n";
    }
}
$body = Raw::connect("unix://$path");
$body->send("GET / HTTP/1.0\r\n\r\n");
check('plain HTTP is an alert', str_starts_with($body->readAll(), "\x15\x03"));
$server->finish();
?>
--EXPECT--
h1 shop.example: 200 1.1 https shop.example ""
h1 first.example: 0  (curl 60)
h2 shop.example: 200 2 https shop.example ""
h2 first.example: 0  (curl 60)
plain HTTP is an alert: yes
exit 0
