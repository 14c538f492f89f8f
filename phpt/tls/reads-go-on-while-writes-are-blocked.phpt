--TEST--
A handler streams 20 MB out while it reads 50 MB in from a client that reads nothing before its upload is done
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $hash = hash_init('xxh128');
        $reader = new Fiber(function () use ($request, $hash) {
            while (($piece = $request->read()) !== null) hash_update($hash, $piece);
            note('upload ' . hash_final($hash));
        });
        $writer = new Fiber(function () use ($response) {
            foreach (Body::pieces(20000000, 50000) as $piece) $response->write($piece);
            note('all written');
        });
        $writer->start();
        $reader->start();
        while (!$reader->isTerminated() || !$writer->isTerminated()) Sluice\delay(0.005);
        $response->end();
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(body: 100000000))', tls: tls_code(ring: 4096));
$expected = hash_init('xxh128');
$client = Raw::tls($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000000\r\n\r\n");
$before = resident($server->pid);
$peak = 0;
for ($offset = 0; $offset < 50000000; $offset += 1000000) {
    $piece = Body::at($offset, 1000000);
    hash_update($expected, $piece);
    if (!$client->send($piece)) {
        echo "STUCK at $offset\n";
        break;
    }
    $peak = max($peak, resident($server->pid));
}
check('nothing was all written before', !str_contains($server->stdout, 'all written'));
$a = $client->answer();
check('download', $a->isBody(20000000), strlen($a->body));
$server->waitFor('upload ' . hash_final($expected));
check('memory is bounded', $peak - $before < 16 << 20, $peak - $before);
$server->stop();
?>
--EXPECT--
nothing was all written before: yes
download: yes
memory is bounded: yes
