--TEST--
A client that vanishes in its upload makes read() and getBody() throw ClientGoneException
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) {
        note('in the handler');
        try {
            if ($request->getPath() === '/read') { while ($request->read() !== null); }
            else { $request->getBody(); }
            note('COMPLETE');
        } catch (Sluice\ClientGoneException $e) {
            note('gone: ' . get_class($e));
        } finally {
            note('finally');
        }
    }
    PHP);
$head = "HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf";
$chunked = "HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
$count = 0;
foreach (['/read', '/body'] as $path) {
    foreach ([$head, $chunked] as $rest) {
        foreach (['close', 'reset'] as $way) {
            $client = Raw::connect($server->addresses[0]);
            $client->send("POST $path $rest");
            $server->waitFor('in the handler', ++$count);
            $client->$way();
            $server->waitFor('finally', $count);
        }
    }
    $h2 = H2::plain($server);
    $stream = $h2->request($path, 'POST', end: false);
    $h2->data($stream, 'half');
    $server->waitFor('in the handler', ++$count);
    $h2->cancel($stream);
    $server->waitFor('finally', $count);
}
echo substr_count($server->stdout, 'gone: Sluice\ClientGoneException'), " of $count were told\n";
echo $server->stderr;
?>
--EXPECT--
10 of 10 were told
