--TEST--
An answer that does not read the upload reaches the client; on h1 the connection is closed after it
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($request, $response) { $response->setStatus(403); $response->end("not wanted"); }');
$file = scratch_file('upload');
file_put_contents($file, Body::of(5000000));
foreach (protocols() as $name => $post) {
    for ($i = 0; $i < 3; $i++) {
        $answer = $post($server->url(), '--data-binary', "@$file", '-H', 'Expect:');
        echo "$name $answer\n";
    }
}
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n" . Body::of(200000));
$answer = $client->answer();
echo $answer, "\n";
echo $server->status ?? 'still serving: ' . h1($server->url()), "\n";
$server->finish();
?>
--EXPECT--
h1 403 not wanted
h1 403 not wanted
h1 403 not wanted
h2 403 not wanted
h2 403 not wanted
h2 403 not wanted
403 not wanted
still serving: 403 not wanted
exit 0
