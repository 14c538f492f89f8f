--TEST--
A body that the handler is slow to read is not a body timeout
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r) {
        $hash = hash_init("sha256");
        Sluice\delay(0.8);
        while (($p = $r->read()) !== null) hash_update($hash, $p);
        return hash_final($hash);
    }
    PHP, server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(body: 0.3))');
$file = scratch_file('upload');
file_put_contents($file, Body::of(4000000));
foreach (protocols() as $name => $post) {
    echo "$name ", str_replace(Body::sha256(4000000), '<right>', $post($server->url(), '--data-binary', "@$file", '-H', 'Expect:')), "\n";
}
?>
--EXPECT--
h1 200 <right>
h2 200 <right>
