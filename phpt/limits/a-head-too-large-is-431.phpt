--TEST--
A request head past the limit gets 431 on h1 and h2, and no handler call
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r) {
        note("handled");
        return "ok " . strlen($r->getHeaderLine("x-big"));
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(head: 16384))');
foreach (protocols() as $name => $get) {
    echo "$name 10000 bytes: ", $get($server->url(), '-H', 'X-Big: ' . str_repeat('x', 10000)), "\n";
    foreach ([17000, 60000] as $size) {
        $a = $get($server->url(), '-H', 'X-Big: ' . str_repeat('x', $size));
        echo "$name $size bytes: ", $a->status ?: ($a->exit ? 'closed' : '?'), "\n";
    }
}
$client = Raw::connect($server->addresses[0]);
$client->send("GET / HTTP/1.1\r\nHost: x\r\n");
for ($i = 0; $i < 100; $i++) {
    $client->offer("X-$i: " . str_repeat('y', 1000) . "\r\n", 0.5);
}
$a = $client->answer();
echo 'many kilobytes, never ending: ', $a->status, ', then ', json_encode($client->readAll()), "\n";
$server->finish();
?>
--EXPECTF--
h1 10000 bytes: 200 ok 10000
h1 17000 bytes: 431
h1 60000 bytes: 431
h2 10000 bytes: 200 ok 10000
h2 17000 bytes: %r(431|closed)%r
h2 60000 bytes: %r(431|closed)%r
many kilobytes, never ending: 431, then ""
exit 0
stdout: handled
stdout: handled
