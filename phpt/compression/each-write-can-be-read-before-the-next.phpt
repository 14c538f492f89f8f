--TEST--
A client can decode each write before the server makes the next one, on h1 and h2, plain and over the smallest ring
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

// The server writes a piece and then waits for a byte that the client sends only once it has decoded the piece.
$handler = <<<'PHP'
    function ($request, $response) {
        $response->setHeader('Content-Type', 'text/plain');
        for ($at = 0; $at < 20; $at++) {
            $response->write("piece $at of twenty\n");
            if ($request->read(1) === null) {
                throw new Exception("the client went at $at");
            }
        }
    }
    PHP;
$server = 'new Sluice\Server(compression: new Sluice\Compression())';
foreach (['plain' => null, 'tls' => tls_code(ring: 1024)] as $kind => $tls) {
    $process = serve($handler, server: $server, tls: $tls);
    $connect = fn ($alpn) => $tls === null ? Raw::connect($process->addresses[0]) : Raw::tls($process->addresses[0], alpn: $alpn);

    $raw = $connect('http/1.1');
    $raw->send("POST / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n");
    $head = $raw->readUntil("\r\n\r\n");
    $inflate = inflate_init(ZLIB_ENCODING_GZIP);
    $text = '';
    for ($at = 0; $at < 20; $at++) {
        while (!str_ends_with($text, "piece $at of twenty\n")) {
            $size = hexdec(trim($raw->readUntil("\r\n")));
            $text .= inflate_add($inflate, substr($raw->readExactly($size + 2), 0, $size), ZLIB_SYNC_FLUSH);
        }
        $raw->send("1\r\n.\r\n");
    }
    $raw->send("0\r\n\r\n");
    while (($size = hexdec(trim($raw->readUntil("\r\n")))) > 0) {
        $text .= inflate_add($inflate, substr($raw->readExactly($size + 2), 0, $size), ZLIB_SYNC_FLUSH);
    }
    check("$kind h1: gzip, every piece in its time, and the end", str_contains($head, "content-encoding: gzip\r\n")
        && substr_count($text, "\n") === 20 && inflate_get_status($inflate) === ZLIB_STREAM_END, $head);

    $h2 = new H2($connect('h2'));
    $stream = $h2->request('/', 'POST', ['accept-encoding' => 'gzip'], end: false);
    for ($at = 0; $at < 20; $at++) {
        $h2->until(function () use ($h2, $stream, $at) {
            $text = inflate_add(inflate_init(ZLIB_ENCODING_GZIP), $h2->body[$stream], ZLIB_SYNC_FLUSH);
            return str_ends_with((string) $text, "piece $at of twenty\n");
        }, "piece $at");
        $h2->data($stream, '.', end: $at === 19);
    }
    $h2->finish($stream);
    check("$kind h2: gzip, every piece in its time, and the end", substr_count((string) gzdecode($h2->body[$stream]), "\n") === 20);
    $process->finish();
}
?>
--EXPECT--
plain h1: gzip, every piece in its time, and the end: yes
plain h2: gzip, every piece in its time, and the end: yes
exit 0
tls h1: gzip, every piece in its time, and the end: yes
tls h2: gzip, every piece in its time, and the end: yes
exit 0
