--TEST--
read() returns what is there instead of waiting for more; the handler answers between the pieces
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        while (($piece = $request->read()) !== null) {
            $response->write("[$piece]");
        }
        $response->end('.');
    }
    PHP);
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
foreach (['one', 'two', 'three'] as $word) {
    $client->send(sprintf("%x\r\n%s\r\n", strlen($word), $word));
    echo strstr($client->readUntil("[$word]\r\n"), '['), "";
}
$client->send("0\r\n\r\n");
echo json_encode($client->readUntil("0\r\n\r\n")), "\n";
$h2 = H2::plain($server);
$stream = $h2->request(method: 'POST', end: false);
foreach (['one', 'two', 'three'] as $word) {
    $h2->data($stream, $word);
    $h2->until(fn () => str_ends_with($h2->body[$stream], "[$word]"), $word);
}
$h2->data($stream, '', end: true);
$h2->finish($stream);
echo $h2->body[$stream], "\n";
?>
--EXPECT--
[one]
[two]
[three]
"1\r\n.\r\n0\r\n\r\n"
[one][two][three].
