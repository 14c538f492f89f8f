--TEST--
Idle connections do not hold up a stop, and half-read heads and handshakes no longer than their own timeouts
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server(timeouts: new Sluice\Timeouts(handshake: 0.5, head: 0.5, drain: 60.0));
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
$server->signal(15);
$h2->until(fn () => $h2->closed, 'the connection to close');
echo 'GOAWAY ', $h2->goaway, "\n";
echo 'exit ', $server->wait(), "\nstdout: ", trim(substr($server->stdout, strrpos(rtrim($server->stdout), "\n"))), "\n";
check('without the drain timeout', microtime(true) - $started < 5, microtime(true) - $started);
?>
--EXPECT--
200 hello
200 hello
200 hello
GOAWAY 0
exit 0
stdout: returned
without the drain timeout: yes
