--TEST--
Compressed bodies of every boundary size, buffered, streamed and generated, complete over a ring of 1024 bytes
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(CODED_HANDLER, server: 'new Sluice\Server(compression: new Sluice\Compression(minSize: 0))', tls: tls_code(ring: 1024));
foreach (['h1' => false, 'h2' => true] as $name => $h2) {
    $transfers = $wrong = 0;
    $share = curl_share_init();
    curl_share_setopt($share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
    foreach (['gzip', 'br', 'zstd'] as $coding) {
        foreach (['end', 'generator', '1000', '100000'] as $by) {
            foreach ([0, 1, 2047, 32767, 32768, 32769, 65535, 65536, 65537, 131073, 2000001] as $length) {
                $url = $server->url("/?n=$length&by=$by");
                $transfer = download($url, $h2, [CURLOPT_SHARE => $share, CURLOPT_ENCODING => $coding]);
                $transfers++;
                if ($transfer->error !== 0 || $transfer->length !== $length || $transfer->sha256 !== Hex::sha256($length)) {
                    $wrong++;
                    echo "$name $coding $by $length: $transfer\n";
                }
            }
        }
    }
    echo "$name: $transfers transfers, $wrong wrong\n";
}
ring_is_kept($server, 1024);
$server->finish();
?>
--EXPECT--
h1: 132 transfers, 0 wrong
h2: 132 transfers, 0 wrong
capacity: yes
high water is within the ring and one record's overhead: yes
exit 0
