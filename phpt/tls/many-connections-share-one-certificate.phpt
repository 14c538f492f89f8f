--TEST--
Two hundred TLS connections at the same time, h1 and h2, each get their own body
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r) {
        Sluice\delay(0.05);
        return Body::at((int) $r->getQueryParams()["at"], 30000);
    }
    PHP, tls: tls_code(ring: 4096));
foreach (['h1' => false, 'h2' => true] as $name => $h2) {
    $urls = [];
    for ($i = 0; $i < 100; $i++) {
        $urls[$i * 1000] = $server->url('/?at=' . $i * 1000);
    }
    $wrong = 0;
    foreach (together($urls, $h2) as $at => $transfer) {
        $wrong += $transfer->body === Body::at($at, 30000) ? 0 : 1;
    }
    echo "$name: $wrong wrong\n";
}
$wrong = 0;
foreach (together($urls, true, multiplexed: true) as $at => $transfer) {
    $wrong += $transfer->body === Body::at($at, 30000) ? 0 : 1;
}
echo "one connection: $wrong wrong\n";
$server->finish();
?>
--EXPECT--
h1: 0 wrong
h2: 0 wrong
one connection: 0 wrong
exit 0
