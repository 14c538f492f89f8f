--TEST--
256 MiB stream through a ring of 4 KiB, and the server does not grow with them
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        for ($i = 0; $i < 256; $i++) $response->write(Body::at($i << 20, 1 << 20));
        $response->end();
    }
    PHP, tls: tls_code(ring: 4096), ini: ['memory_limit' => '16M']);
$expected = hash_init('xxh128');
for ($i = 0; $i < 256; $i++) {
    hash_update($expected, Body::at($i << 20, 1 << 20));
}
$expected = hash_final($expected);
$before = resident($server->pid);
$peak = 0;
$hash = hash_init('xxh128');
$length = 0;
$transfer = download($server->url(), options: [CURLOPT_WRITEFUNCTION => function ($handle, $bytes) use (&$length, &$peak, $hash, $server) {
    if ($length % (16 << 20) < strlen($bytes)) $peak = max($peak, resident($server->pid));
    $length += strlen($bytes);
    hash_update($hash, $bytes);
    return strlen($bytes);
}]);
echo $transfer->error, ' ', $length, "\n";
check('every byte', hash_final($hash) === $expected);
check('memory', $peak - $before < 8 << 20, $peak - $before);
$server->finish();
?>
--EXPECT--
0 268435456
every byte: yes
memory: yes
exit 0
