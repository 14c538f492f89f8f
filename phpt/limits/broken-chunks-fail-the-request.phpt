--TEST--
Malformed chunked bodies are 400, those that break off no response; either closes the connection, and what was begun is cut off
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        if ($request->getPath() === '/caught') {
            for ($texts = []; count($texts) < 2;) {
                try { $request->getBody(); } catch (Sluice\BadRequestException $e) { $texts[] = $e->getMessage(); }
            }
            return implode("\n", array_unique($texts));
        }
        while (($piece = $request->read()) !== null) {
            if ($request->getPath() === '/echo') { $response->write($piece); }
            $all = ($all ?? '') . $piece;
        }
        return 'read ' . strlen($all ?? '');
    }
    PHP);
foreach ([
    'size of words' => "xyz\r\nhello\r\n0\r\n\r\n",
    'negative size' => "-5\r\nhello\r\n0\r\n\r\n",
    'size past 64 bits' => "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    'no line end after the chunk' => "5\r\nhelloX\r\n0\r\n\r\n",
    'size with spaces' => "5 5\r\nhello\r\n0\r\n\r\n",
    'ends early' => "5\r\nhel",
    'no last chunk' => "5\r\nhello\r\n",
    'endless extension' => '5;' . str_repeat('x', 100000),
    'endless trailers' => "0\r\n" . str_repeat("X-T: y\r\n", 20000),
] as $what => $body) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    $client->offer($body, 1);
    @$client->closeWrite();
    $all = $client->readAll(5);
    echo $what, ': ', strtok($all, "\r") ?: 'nothing', preg_match('/^connection: close\r$/mi', $all) ? ', the last' : '', "\n";
}
foreach (['/caught', '/echo'] as $path) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("POST $path HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    $begun = $path === '/echo' ? $client->readUntil("hello\r\n") : '';
    $client->send("5 5\r\nhello\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
    $all = $begun . $client->readAll();
    echo strstr($all, "\r\n\r\n"), "\n--\n";
}
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value;q=\"a;b\"\r\nhello\r\n0005\r\nworld\r\n0\r\n\r\n");
echo $client->answer(), "\n";
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
size of words: HTTP/1.1 400 Bad Request, the last
negative size: HTTP/1.1 400 Bad Request, the last
size past 64 bits: HTTP/1.1 400 Bad Request, the last
no line end after the chunk: HTTP/1.1 400 Bad Request, the last
size with spaces: HTTP/1.1 400 Bad Request, the last
ends early: nothing
no last chunk: nothing
endless extension: HTTP/1.1 400 Bad Request, the last
endless trailers: HTTP/1.1 400 Bad Request, the last


the request body is malformed: its chunks or its trailers are not what RFC 9112 section 7.1 asks for
--


5
hello

--
200 read 10
exit 0
