--TEST--
Forty connections that stopped reading, h1 and h2, hold little more than their rings, and other requests are served
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$ring = 34816;
$server = serve(<<<'PHP'
    function ($request, $response) {
        if ($request->getPath() === '/quick') return 'quick';
        static $piece = null;
        $piece ??= Body::of(65536);
        try { for ($i = 0; $i < 16384; $i++) $response->write($piece); }
        finally { note('finally'); }
    }
    PHP, tls: tls_code(ring: $ring));
for ($i = 0; $i < 20; $i++) {
    h1($server->url('/quick'))->body === 'quick' || print("NOT SERVED\n");
}
$before = resident($server->pid);
$clients = [];
for ($i = 0; $i < 20; $i++) {
    $clients[] = $client = Raw::tls($server->addresses[0], 8192);
    $client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    $client->read(1);
    $clients[] = $client = Raw::tls($server->addresses[0], 8192, 'h2');
    $h2 = new H2($client, [4 => 0x7fffffff], 0x7fffffff);
    $h2->reads = false;
    $h2->request();
    $h2->take();
}
for ($i = 0; $i < 20; $i++) {
    h1($server->url('/quick'))->body === 'quick' || print("NOT SERVED\n");
}
$each = (resident($server->pid) - $before) / count($clients);
check('less than the ring and 128 KiB each', $each < $ring + 131072, $each);
foreach ($clients as $client) {
    $client->close();
}
$server->waitFor('finally', count($clients));
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
less than the ring and 128 KiB each: yes
exit 0
