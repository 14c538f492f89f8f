--TEST--
A head that does not come to its end is cut off by the head timeout, however busily it trickles
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r) use ($server) {
        return $server->stats();
    }
    PHP, server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(head: 0.4))');
$half = Raw::connect($server->addresses[0]);
$half->send("GET / HTTP/1.1\r\nHost:");
$all = $half->readAll(5);
check('closed', preg_match('~^(HTTP/1.1 408 .*)?$~s', $all) === 1, $all);

$trickle = Raw::connect($server->addresses[0]);
$trickle->send('GET / HTTP/1.1');
$began = microtime(true);
do {
    pause(0.02);
} while ($trickle->send("\r\nX: y") && microtime(true) - $began < 5);
check('a trickle too', microtime(true) - $began < 5);

$second = Raw::connect($server->addresses[0]);
$second->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
echo $second->answer()->status, "\n";
$second->send("GET / HTTP/1.1\r\n");
$all = $second->readAll(5);
check('the second request of a connection too', preg_match('~^(HTTP/1.1 408 .*)?$~s', $all) === 1, $all);
echo json_decode(h1($server->url())->body, true)['listeners'][0]['timeouts']['head'], " head timeouts\n";
?>
--EXPECT--
closed: yes
a trickle too: yes
200
the second request of a connection too: yes
3 head timeouts
