--TEST--
A client is shown the certificate for the name that it asks for: exact before wildcard, the first for what nobody knows
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$shop = issue('shop', ['shop.example', '*.shop.example']);
$server = secured(tls_of(issue('first', ['first.example', '*.first.example']))
    . '->with(["shop.example", "*.Shop.Example"], ' . paths($shop) . ')'
    . '->with("api.shop.example", ' . paths(issue('api', ['api.shop.example'])) . ')'
    . '->with("beside.first.example", ' . paths(issue('beside', ['*.first.example'])) . ')');
$names = [
    'first.example' => 'first', 'www.first.example' => 'first', 'beside.first.example' => 'beside',
    'shop.example' => 'shop', 'www.shop.example' => 'shop', 'WWW.SHOP.example' => 'shop', 'api.shop.example' => 'api',
    'a.b.shop.example' => 'first', 'example' => 'first', 'unknown.example' => 'first',
];
foreach (['-tls1_2', '-tls1_3'] as $version) {
    $wrong = [];
    foreach ($names as $name => $expected) {
        $shown = (string) shake($server, $version, '-servername', $name);
        $shown === $expected || $wrong[] = "$name: $shown";
    }
    check("$version, each name", $wrong === [], $wrong);
    echo "$version, no name: ", shake($server, $version, '-noservername'), "\n";
}
$port = substr(strrchr($server->addresses[1], ':'), 1);
foreach (['www.shop.example', 'www.first.example'] as $name) {
    $a = curl("https://$name:$port/", '--no-insecure', '--cacert', $shop[0], '--resolve', "$name:$port:127.0.0.1");
    echo "curl that trusts the shop asks for $name: $a\n";
}
$server->finish();
?>
--EXPECT--
-tls1_2, each name: yes
-tls1_2, no name: first
-tls1_3, each name: yes
-tls1_3, no name: first
curl that trusts the shop asks for www.shop.example: 200 hello to "www.shop.example"
curl that trusts the shop asks for www.first.example: 0  (curl 60)
exit 0
