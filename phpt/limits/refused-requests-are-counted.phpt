--TEST--
Requests that were refused without a handler are counted as such
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => $server->stats()', server: 'new Sluice\Server(new Sluice\Limits(target: 64, body: 10))');
h1($server->url('/' . str_repeat('x', 100)));
h1($server->url(), '-X', 'CONNECT', '--request-target', 'a:1');
h1($server->url(), '-H', 'Transfer-Encoding: gzip', '-d', 'x');
$client = Raw::connect($server->addresses[0]);
$client->send("GET / HTTP/1.1\r\n\r\n");
$client->readAll();
$requests = json_decode(h1($server->url())->body, true)['listeners'][0]['requests'];
check('at least the four', $requests['refused'] >= 4, $requests);
?>
--EXPECT--
at least the four: yes
