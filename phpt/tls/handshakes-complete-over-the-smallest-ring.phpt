--TEST--
A certificate larger than the ring is sent whole and counted apart from it
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => $server->stats()', tls: 'Sluice\Tls::selfSigned(...array_map(fn ($i) => "host-number-$i.example.com", range(1, 400)))->withRing(1024)');
foreach (['1.2', '1.3'] as $version) {
    foreach (protocols() as $name => $get) {
        $a = $get($server->url(), '--tls-max', $version);
        $ring = json_decode($a->body, true)['listeners'][0]['ring'] ?? [];
        check("$version $name", $a->status === 200 && $ring['handshakeHighWater'] > 8000 && $ring['highWater'] <= 1024 + 29, [$a->error, $ring]);
    }
}
$server->finish();
?>
--EXPECT--
1.2 h1: yes
1.2 h2: yes
1.3 h1: yes
1.3 h2: yes
exit 0
