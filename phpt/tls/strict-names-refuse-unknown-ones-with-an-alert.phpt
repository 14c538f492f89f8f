--TEST--
withStrictNames() refuses a name that no certificate is for with the alert unrecognized_name, and nobody else
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$tls = tls_of(issue('first', ['first.example'])) . '->with("*.shop.example", ' . paths(issue('shop', ['*.shop.example'])) . ')';
$server = secured("{$tls}->withStrictNames()");
foreach (['-tls1_2', '-tls1_3'] as $version) {
    foreach (['first.example', 'FIRST.example', 'a.shop.example', 'shop.example', 'unknown.example'] as $name) {
        echo "$version $name: ", shake($server, $version, '-servername', $name), "\n";
    }
    echo "$version no name: ", shake($server, $version, '-noservername'), "\n";
}
$port = substr(strrchr($server->addresses[1], ':'), 1);
foreach (protocols() as $name => $get) {
    foreach (['a.shop.example', 'unknown.example'] as $host) {
        echo "$name $host: ", $get("https://$host:$port/", '--resolve', "$host:$port:127.0.0.1"), "\n";
    }
}
$session = scratch_file('session');
echo shake_and_ask($server, '-servername', 'a.shop.example', '-sess_out', $session), ', ';
echo shake_and_ask($server, '-servername', 'a.shop.example', '-sess_in', $session)->isResumed ? 'resumed' : 'NEW', "\n";
$broken = Raw::connect($server->addresses[1]);
$broken->send("GET / HTTP/1.0\r\n\r\n");
check('no handshake at all is an alert', str_starts_with($broken->readAll(), "\x15\x03"));
echo json_encode(tls_stats($server)['handshakes']), "\n";
$server->finish();
?>
--EXPECT--
-tls1_2 first.example: first
-tls1_2 FIRST.example: first
-tls1_2 a.shop.example: shop
-tls1_2 shop.example: alert 112
-tls1_2 unknown.example: alert 112
-tls1_2 no name: first
-tls1_3 first.example: first
-tls1_3 FIRST.example: first
-tls1_3 a.shop.example: shop
-tls1_3 shop.example: alert 112
-tls1_3 unknown.example: alert 112
-tls1_3 no name: first
h1 a.shop.example: 200 hello to "a.shop.example"
h1 unknown.example: 0  (curl 35)
h2 a.shop.example: 200 hello to "a.shop.example"
h2 unknown.example: 0  (curl 35)
shop, resumed
no handshake at all is an alert: yes
{"ok":12,"failed":7}
exit 0
