--TEST--
A compressed response that is broken off fails at the client, which can decode what came before and sees no end of the code
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $r->setHeader('Content-Type', 'text/plain');
        $r->write("the beginning\n");
        $r->write("and more\n");
        switch ($request->getPath()) {
            case '/abort': $r->abort(); return;
            case '/throw': throw new Exception('half way');
            case '/later': Sluice\delay(0.01); $r->abort(); return;
        }
    }
    PHP, server: 'new Sluice\Server(compression: new Sluice\Compression())');
foreach (['abort', 'throw', 'later'] as $path) {
    foreach (['gzip', 'br', 'zstd'] as $coding) {
        foreach (protocols() as $name => $get) {
            $a = $get($server->url("/$path"), '--compressed', '-H', "Accept-Encoding: $coding");
            echo "$name $path $coding: ", $a->exit === 0 ? 'COMPLETE' : 'failed', "\n";
        }
    }
    $raw = Raw::connect($server->addresses[0]);
    $raw->send("GET /$path HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
    $a = $raw->answer();
    $inflate = inflate_init(ZLIB_ENCODING_GZIP);
    $text = inflate_add($inflate, $a->body, ZLIB_SYNC_FLUSH);
    check("$path: what came before is there, and no end", $text === "the beginning\nand more\n"
        && inflate_get_status($inflate) !== ZLIB_STREAM_END && $a->exit !== 0, [$text, $a->exit]);
    $h2 = H2::plain($server);
    $stream = $h2->request("/$path", headers: ['accept-encoding' => 'gzip']);
    $h2->finish($stream);
    $inflate = inflate_init(ZLIB_ENCODING_GZIP);
    $text = inflate_add($inflate, $h2->body[$stream], ZLIB_SYNC_FLUSH);
    check("$path: the same on h2, reset as an error of the server", $text === "the beginning\nand more\n"
        && inflate_get_status($inflate) !== ZLIB_STREAM_END && ($h2->reset[$stream] ?? null) === 2, [$text, $h2->reset]);
}
$server->stop();
?>
--EXPECT--
h1 abort gzip: failed
h2 abort gzip: failed
h1 abort br: failed
h2 abort br: failed
h1 abort zstd: failed
h2 abort zstd: failed
abort: what came before is there, and no end: yes
abort: the same on h2, reset as an error of the server: yes
h1 throw gzip: failed
h2 throw gzip: failed
h1 throw br: failed
h2 throw br: failed
h1 throw zstd: failed
h2 throw zstd: failed
throw: what came before is there, and no end: yes
throw: the same on h2, reset as an error of the server: yes
h1 later gzip: failed
h2 later gzip: failed
h1 later br: failed
h2 later br: failed
h1 later zstd: failed
h2 later zstd: failed
later: what came before is there, and no end: yes
later: the same on h2, reset as an error of the server: yes
