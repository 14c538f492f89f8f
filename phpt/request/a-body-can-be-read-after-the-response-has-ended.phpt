--TEST--
A handler that has answered can still read the rest of the body, on HTTP/1.1 with either framing and on HTTP/2
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $response->end('early');
        $hash = hash_init('sha256');
        while (($piece = $request->read()) !== null) hash_update($hash, $piece);
        note($request->getPath() . ' ' . hash_final($hash));
    }
    PHP);
$length = 3000000;
$client = Raw::connect($server->addresses[0]);
$client->send("POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: $length\r\n\r\n");
echo 'h1 length ', $client->answer(), "\n";
foreach (Body::pieces($length, 100000) as $piece) $client->send($piece);
$server->waitFor('/length ' . Body::sha256($length));
$client->send("POST /chunks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
echo 'h1 chunks ', $client->answer(), "\n";
foreach (Body::pieces($length, 100000) as $piece) $client->send(dechex(strlen($piece)) . "\r\n$piece\r\n");
$client->send("0\r\n\r\n");
$server->waitFor('/chunks ' . Body::sha256($length));

$h2 = H2::plain($server);
$stream = $h2->request('/h2', 'POST', end: false);
$h2->finish($stream);
echo 'h2 ', $h2->status[$stream], ' ', $h2->body[$stream], "\n";
$h2->data($stream, Body::of($length), end: true);
$server->waitFor('/h2 ' . Body::sha256($length));
echo "all read\n";
?>
--EXPECT--
h1 length 200 early
h1 chunks 200 early
h2 200 early
all read
