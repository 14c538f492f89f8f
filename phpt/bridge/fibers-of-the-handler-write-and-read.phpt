--TEST--
Inner fibers read the body and write the response at the same time
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $hash = hash_init('sha256');
        $reader = new Fiber(function () use ($request, $hash) { while (($piece = $request->read(10000)) !== null) hash_update($hash, $piece); });
        $writer = new Fiber(function () use ($response) { foreach (Body::pieces(3000000, 20000) as $piece) $response->write($piece); });
        $reader->start();
        $writer->start();
        while (!$reader->isTerminated() || !$writer->isTerminated()) Sluice\delay(0.002);
        note(hash_final($hash));
        $response->end();
    }
    PHP);
$file = scratch_file('upload');
file_put_contents($file, Body::of(2000000));
foreach (protocols() as $name => $post) {
    $a = $post($server->url(), '--data-binary', "@$file");
    check($name, $a->isBody(3000000), strlen($a->body));
}
$server->stop();
echo str_replace(Body::sha256(2000000), '<right>', $server->stdout), $server->stderr;
?>
--EXPECT--
h1: yes
h2: yes
<right>
<right>
