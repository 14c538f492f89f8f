--TEST--
getQueryParams() nests brackets, decodes plus signs and keeps the last of equal names
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => json_encode($r->getQueryParams(), JSON_UNESCAPED_SLASHES)');
$queries = [
    'a=1&a=2', 'a[]=1&a[]=2', 'a[x][y]=1&a[x][z]=2', 'a+b=c+d', 'a%26b=c%3Dd', 'flag', 'a=&b', '', '&&', 'e=%C3%A9',
    'a.b=1', 'a[=1', 'x=1;y=2',
];
foreach ($queries as $query) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("GET /?$query HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    parse_str($query, $expected);
    $got = $client->answer()->body;
    check($query, $got === json_encode($expected, JSON_UNESCAPED_SLASHES), $got);
}
?>
--EXPECT--
a=1&a=2: yes
a[]=1&a[]=2: yes
a[x][y]=1&a[x][z]=2: yes
a+b=c+d: yes
a%26b=c%3Dd: yes
flag: yes
a=&b: yes
: yes
&&: yes
e=%C3%A9: yes
a.b=1: yes
a[=1: yes
x=1;y=2: yes
