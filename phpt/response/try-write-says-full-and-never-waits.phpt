--TEST--
tryWrite() takes all or nothing and says false when it is full; awaitWritable() waits for room; nothing is lost
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $sent = $full = $gave_up = 0;
        while ($sent < 12000000) {
            $piece = Body::at($sent, min(10000, 12000000 - $sent));
            if ($r->tryWrite($piece)) { $sent += strlen($piece); continue; }
            $began = microtime(true);
            if ($r->awaitWritable(0.3)) continue; // the connection has taken something
            if ($full++ === 0) {
                note('full after a part');
                note('awaitWritable(0.3): false, isWritable: ' . json_encode($r->isWritable()));
                note('waited: ' . json_encode(microtime(true) - $began < 1.0));
                note('awaitWritable(0.0): ' . json_encode($r->awaitWritable(0.0)));
            }
            $r->awaitWritable();
        }
        $r->end();
        note('done');
    }
    PHP);
foreach (['h1', 'h2'] as $protocol) {
    if ($protocol === 'h1') {
        $client = Raw::connect($server->addresses[0], 8192);
        $client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        $server->waitFor('awaitWritable(0.0)');
        $a = $client->answer();
        check($protocol, $a->isBody(12000000), strlen($a->body));
    } else {
        $h2 = H2::plain($server);
        $h2->reads = false;
        $stream = $h2->request();
        $server->waitFor('awaitWritable(0.0)', 2);
        $h2->until(fn () => $h2->length[$stream] === 65535, 'a full window');
        $h2->reads = true;
        $h2->give(0, 65535);
        $h2->give($stream, 65535);
        $h2->finish($stream);
        check($protocol, hash('sha256', $h2->body[$stream]) === Body::sha256(12000000), $h2->length);
    }
}
$server->stop();
echo $server->stdout;
?>
--EXPECT--
h1: yes
h2: yes
full after a part
awaitWritable(0.3): false, isWritable: true
waited: true
awaitWritable(0.0): false
done
full after a part
awaitWritable(0.3): false, isWritable: true
waited: true
awaitWritable(0.0): false
done
