--TEST--
The coding is the one that the client values most, and among equals the one that the server prefers, on h1 and h2
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$ours = serve(CODED_HANDLER, server: 'new Sluice\Server(compression: new Sluice\Compression())');
$theirs = serve(CODED_HANDLER, server: 'new Sluice\Server(compression: new Sluice\Compression(codings: ["gzip", "br"]))');
$wishes = [
    'gzip, deflate, br, zstd' => 'zstd gzip', 'gzip, deflate, br' => 'br gzip', 'gzip' => 'gzip gzip', 'x-gzip' => 'gzip gzip',
    'deflate' => '- -', 'br;q=0.5, gzip;q=0.4' => 'br br', '*' => 'zstd gzip', '*;q=0' => '- -', 'gzip;q=0, *' => 'zstd br',
    'zstd' => 'zstd -', 'identity' => '- -', 'identity, gzip;q=0.5' => '- -', 'GZIP;q=1.000' => 'gzip gzip', 'gzip;q=2' => '- -',
];
foreach (protocols() as $name => $get) {
    foreach ($wishes as $wish => $expected) {
        $got = [];
        foreach ([$ours, $theirs] as $server) {
            foreach (['?n=5000', '?n=200000&by=1000'] as $query) {
                $answer = $get($server->url("/$query"), '--compressed', '-H', "Accept-Encoding: $wish");
                $coding = $answer->header('content-encoding') ?? '-';
                $length = (int) substr($query, 3);
                $isWhole = $answer->exit === 0 && $answer->sha256() === Hex::sha256($length);
                $got[] = $isWhole && $answer->header('vary') === 'Accept-Encoding' ? $coding : "WRONG $coding $answer->error {$answer->header('vary')}";
            }
        }
        [$a, $b] = explode(' ', $expected);
        check("$name $wish: $expected", $got === [$a, $a, $b, $b], $got);
    }
    $answer = $get($ours->url('/?n=5000'));
    echo "$name, without a wish: ", coding_of($answer), ', Vary ', $answer->header('vary'), "\n";
    $answer = $get($ours->url('/?n=5000'), '--compressed', '-H', 'Accept-Encoding: br', '-H', 'Accept-Encoding: gzip;q=0.5');
    echo "$name, in two lines: ", coding_of($answer), "\n";
}
$old = curl($ours->url('/?n=200000&by=1000'), '-0', '--compressed');
check('HTTP/1.0: the end of the connection is that of the code', $old->sha256() === Hex::sha256(200000), coding_of($old));
$ours->finish();
$theirs->finish();
?>
--EXPECT--
h1 gzip, deflate, br, zstd: zstd gzip: yes
h1 gzip, deflate, br: br gzip: yes
h1 gzip: gzip gzip: yes
h1 x-gzip: gzip gzip: yes
h1 deflate: - -: yes
h1 br;q=0.5, gzip;q=0.4: br br: yes
h1 *: zstd gzip: yes
h1 *;q=0: - -: yes
h1 gzip;q=0, *: zstd br: yes
h1 zstd: zstd -: yes
h1 identity: - -: yes
h1 identity, gzip;q=0.5: - -: yes
h1 GZIP;q=1.000: gzip gzip: yes
h1 gzip;q=2: - -: yes
h1, without a wish: plain, 5000 bytes, Vary Accept-Encoding
h1, in two lines: br, 5000 bytes
h2 gzip, deflate, br, zstd: zstd gzip: yes
h2 gzip, deflate, br: br gzip: yes
h2 gzip: gzip gzip: yes
h2 x-gzip: gzip gzip: yes
h2 deflate: - -: yes
h2 br;q=0.5, gzip;q=0.4: br br: yes
h2 *: zstd gzip: yes
h2 *;q=0: - -: yes
h2 gzip;q=0, *: zstd br: yes
h2 zstd: zstd -: yes
h2 identity: - -: yes
h2 identity, gzip;q=0.5: - -: yes
h2 GZIP;q=1.000: gzip gzip: yes
h2 gzip;q=2: - -: yes
h2, without a wish: plain, 5000 bytes, Vary Accept-Encoding
h2, in two lines: br, 5000 bytes
HTTP/1.0: the end of the connection is that of the code: yes
exit 0
exit 0
