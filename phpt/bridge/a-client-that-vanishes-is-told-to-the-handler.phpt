--TEST--
When the client is gone the next write, read or delay throws ClientGoneException, isWritable() is false and finally runs
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $path = $request->getPath();
        note("start");
        try {
            switch ($path) {
                case '/delay': while (true) Sluice\delay(0.01);
                case '/long-delay': Sluice\delay(60); break;
                case '/write': while (true) $r->write(str_repeat('x', 100000));
                case '/read': while (true) $request->read();
                case '/await': while (true) { while ($r->tryWrite(str_repeat('x', 100000))); $r->awaitWritable(); }
                case '/polite':
                    try { while ($r->isWritable()) Sluice\delay(0.01); } catch (Sluice\ClientGoneException) { }
                    throw new Exception('writable ' . json_encode($r->isWritable()));
            }
        } catch (Exception $e) {
            note("$path " . get_class($e) . ($e instanceof Sluice\Exception ? '' : ' ' . $e->getMessage()) . ' ' . json_encode($r->isWritable()));
            throw $e;
        } finally {
            note("finally $path");
        }
    }
    PHP);
$count = 0;
foreach (['/delay', '/long-delay', '/write', '/read', '/await', '/polite'] as $path) {
    foreach (['h1', 'h2', 'h2 connection'] as $way) {
        $body = $path === '/read';
        if ($way === 'h1') {
            $client = Raw::connect($server->addresses[0], 8192);
            $client->send(($body ? 'POST' : 'GET') . " $path HTTP/1.1\r\nHost: x\r\n" . ($body ? "Content-Length: 10\r\n" : '') . "\r\n");
            $server->waitFor('start', ++$count);
            $client->reset();
        } else {
            $h2 = H2::plain($server);
            $stream = $h2->request($path, $body ? 'POST' : 'GET', end: !$body);
            $server->waitFor('start', ++$count);
            $way === 'h2' ? $h2->cancel($stream) : $h2->raw->close();
        }
        $server->waitFor('finally', $count);
    }
}
$lines = array_count_values(array_filter(explode("\n", $server->stdout)));
ksort($lines);
foreach ($lines as $line => $times) {
    echo "$times x $line\n";
}
$server->stop();
check('a client that is gone is no error to log', !str_contains($server->stderr, 'ClientGone'), $server->stderr);
?>
--EXPECT--
3 x /await Sluice\ClientGoneException false
3 x /delay Sluice\ClientGoneException false
3 x /long-delay Sluice\ClientGoneException false
3 x /polite Exception writable false false
3 x /read Sluice\ClientGoneException false
3 x /write Sluice\ClientGoneException false
3 x finally /await
3 x finally /delay
3 x finally /long-delay
3 x finally /polite
3 x finally /read
3 x finally /write
18 x start
a client that is gone is no error to log: yes
