--TEST--
Idle keep-alive connections, half-read heads and unfinished handshakes do not hold up a stop
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server(timeouts: new Sluice\Timeouts(drain: 60.0));
    $server->handle(fn () => 'hello');
    say($server->listen('tcp://127.0.0.1:0'), $server->listen('tcp://127.0.0.1:0', Sluice\Tls::selfSigned()));
    $server->start();
    note('returned');
    PHP);
$accepted = Raw::connect($server->addresses[0]);
$idle = Raw::connect($server->addresses[0]);
$idle->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
echo $idle->answer(), "\n";
$half = Raw::connect($server->addresses[0]);
$half->send("GET / HTTP/1.1\r\nHos");
$handshaking = Raw::connect($server->addresses[1]);
$handshaking->send("\x16\x03\x01\x02\x00\x01");
$secure = Raw::tls($server->addresses[1]);
$secure->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
echo $secure->answer(), "\n";
$h2 = new H2(Raw::tls($server->addresses[1], alpn: 'h2'));
$stream = $h2->request();
$h2->finish($stream);
echo $h2->status[$stream], ' ', $h2->body[$stream], "\n";
$started = microtime(true);
$server->finish();
check('at once', microtime(true) - $started < 10);
$h2->until(fn () => $h2->closed, 'GOAWAY');
echo 'GOAWAY ', $h2->goaway, "\n";
?>
--EXPECT--
200 hello
200 hello
200 hello
exit 0
stdout: returned
at once: yes
GOAWAY 0
