--TEST--
A coded body that inflates past the limit throws BodyTooLargeException, 413, and costs little memory; so does one that is too large as it comes
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        if ($request->getPath() === '/unread') {
            return 'not read';
        }
        $got = 0;
        try {
            while (($piece = $request->read()) !== null) {
                $got += strlen($piece);
            }
        } catch (Sluice\BodyTooLargeException $e) {
            note(($got <= 1 << 20 ? 'in time' : "AFTER $got") . ' ' . memory_get_peak_usage());
            throw $e;
        }
        return "read $got";
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(body: 1 << 20))');
$before = resident($server->pid);
$zeros = str_repeat("\0", 16 << 20);
$inner = gzencode(substr($zeros, 0, 8 << 20));
$bombs = [
    'gzip' => gzencode($zeros), 'deflate' => gzcompress($zeros), 'br' => coded('br', $zeros), 'zstd' => coded('zstd', $zeros),
    'gzip, gzip' => gzencode($inner), 'gzip, br, zstd' => coded('zstd', coded('br', $inner)),
];
unset($zeros);
foreach ($bombs as $codings => $bomb) {
    $file = scratch_file('bomb');
    file_put_contents($file, $bomb);
    foreach (protocols() as $name => $post) {
        $a = $post($server->url('/'), '--data-binary', "@$file", '-H', "Content-Encoding: $codings", '-H', 'Expect:');
        $unread = $post($server->url('/unread'), '--data-binary', "@$file", '-H', "Content-Encoding: $codings", '-H', 'Expect:');
        echo "$name $codings: $a->status, $unread\n";
    }
}
$file = scratch_file('raw');
file_put_contents($file, gzencode(Body::of(3 << 19), 0));
foreach (protocols() as $name => $post) {
    foreach ([[], ['-H', 'Transfer-Encoding: chunked']] as $framing) {
        $a = $post($server->url('/'), '--data-binary', "@$file", '-H', 'Content-Encoding: gzip', '-H', 'Expect:', ...$framing);
        echo "$name, large as it comes: $a->status\n";
    }
}
file_put_contents($file, gzencode(Hex::of(1 << 20)));
echo 'one at the limit: ', h1($server->url('/'), '--data-binary', "@$file", '-H', 'Content-Encoding: gzip'), "\n";
$server->read();
check('every read stopped at the limit', substr_count($server->stdout, 'in time') === 14 && !str_contains($server->stdout, 'AFTER'), $server->stdout);
$grown = resident($server->pid) - $before;
check('memory stayed small', $grown < 16 << 20, $grown);
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
h1 gzip: 413, 200 not read
h2 gzip: 413, 200 not read
h1 deflate: 413, 200 not read
h2 deflate: 413, 200 not read
h1 br: 413, 200 not read
h2 br: 413, 200 not read
h1 zstd: 413, 200 not read
h2 zstd: 413, 200 not read
h1 gzip, gzip: 413, 200 not read
h2 gzip, gzip: 413, 200 not read
h1 gzip, br, zstd: 413, 200 not read
h2 gzip, br, zstd: 413, 200 not read
h1, large as it comes: 413
h1, large as it comes: 413
h2, large as it comes: 413
h2, large as it comes: 413
one at the limit: 200 read 1048576
every read stopped at the limit: yes
memory stayed small: yes
exit 0
