--TEST--
A connection without a request is closed by the idle timeout, on h1, h2 and TLS; a request in between starts it anew
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server(timeouts: new Sluice\Timeouts(head: 20.0, idle: 0.3));
    $server->handle(fn () => $server->stats());
    say($server->listen('tcp://127.0.0.1:0'), $server->listen('tcp://127.0.0.1:0', Sluice\Tls::selfSigned()));
    $server->start();
    PHP);
$clients = [];
$h1 = Raw::connect($server->addresses[0]);
for ($i = 0; $i < 3; $i++) {
    $h1->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    echo $h1->answer()->status, "\n";
    pause(0.15);
}
echo json_encode($h1->readAll(5)), "\n";
$tls = Raw::tls($server->addresses[1]);
$tls->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
echo $tls->answer()->status, ' ', json_encode($tls->readAll(5)), "\n";
foreach ([H2::plain($server), new H2(Raw::tls($server->addresses[1], alpn: 'h2'))] as $h2) {
    $stream = $h2->request();
    $h2->finish($stream);
    $h2->until(fn () => $h2->closed, 'the connection to close', 5);
    echo $h2->status[$stream], ' GOAWAY ', json_encode($h2->goaway), "\n";
}
$timeouts = array_column(json_decode(h1($server->url())->body, true)['listeners'], 'timeouts');
echo $timeouts[0]['idle'], ' and ', $timeouts[1]['idle'], " idle timeouts\n";
?>
--EXPECT--
200
200
200
""
200 ""
200 GOAWAY 0
200 GOAWAY 0
2 and 2 idle timeouts
