--TEST--
text/event-stream stays as it is unless events: true, and then each event can be decoded as it comes
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    function ($request, $r) {
        $r->setHeader('Content-Type', 'text/event-stream');
        for ($at = 0; $at < 3; $at++) {
            $r->write("data: $at\n\n");
            $request->read(1);
        }
    }
    PHP;
foreach (['new Sluice\Compression()', 'new Sluice\Compression(events: true)', 'new Sluice\Compression(events: true, types: [])'] as $settings) {
    $server = serve($handler, server: "new Sluice\\Server(compression: $settings)");
    $h2 = H2::plain($server);
    $stream = $h2->request('/', 'POST', ['accept-encoding' => 'gzip'], end: false);
    $decode = fn () => str_starts_with($h2->body[$stream], "\x1f\x8b")
        ? (string) inflate_add(inflate_init(ZLIB_ENCODING_GZIP), $h2->body[$stream], ZLIB_SYNC_FLUSH) : $h2->body[$stream];
    for ($at = 0; $at < 3; $at++) {
        $h2->until(fn () => str_ends_with($decode(), "data: $at\n\n"), "event $at");
        $h2->data($stream, '.', end: $at === 2);
    }
    $h2->finish($stream);
    echo "$settings: ", str_starts_with($h2->body[$stream], "\x1f\x8b") ? 'compressed' : 'plain', "\n";
    $server->stop();
}
?>
--EXPECT--
new Sluice\Compression(): plain
new Sluice\Compression(events: true): compressed
new Sluice\Compression(events: true, types: []): compressed
