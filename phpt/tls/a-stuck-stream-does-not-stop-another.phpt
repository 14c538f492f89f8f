--TEST--
On one HTTP/2 connection, a stream stuck on its window does not stop an upload on another
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        if ($request->getPath() === '/upload') {
            $hash = hash_init('xxh128');
            while (($piece = $request->read()) !== null) hash_update($hash, $piece);
            return hash_final($hash);
        }
        foreach (Body::pieces(5000000, 20000) as $piece) $response->write($piece);
        $response->end();
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(body: 100000000))', tls: tls_code(ring: 1024));
$h2 = H2::tls($server, connectionWindow: 8 << 20);
$h2->reads = false;
$stuck = $h2->request('/stuck');
$h2->until(fn () => $h2->length[$stuck] === 65535, 'a full window');
$upload = $h2->request('/upload', 'POST', end: false);
$expected = hash_init('xxh128');
for ($offset = 0; $offset < 20000000; $offset += 1000000) {
    hash_update($expected, $piece = Body::at($offset, 1000000));
    $h2->data($upload, $piece, end: $offset === 19000000);
}
$h2->finish($upload);
check('upload', $h2->body[$upload] === hash_final($expected), $h2->body[$upload]);
check('still stuck', $h2->length[$stuck] === 65535, $h2->length);
$h2->give($stuck, 5000000);
$h2->finish($stuck);
check('the stuck stream goes on', hash('sha256', $h2->body[$stuck]) === Body::sha256(5000000), $h2->length);
?>
--EXPECT--
upload: yes
still stuck: yes
the stuck stream goes on: yes
