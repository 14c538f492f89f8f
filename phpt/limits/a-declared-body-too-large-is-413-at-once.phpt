--TEST--
A declared length past the limit gets 413 before the body is sent, and no 100 Continue
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r) {
        return "read " . strlen($r->getBody());
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(body: 1000))');
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
$a = $client->answer();
echo json_encode($a->statuses), "\n";
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\n");
echo $client->answer()->status, "\n";
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" . str_repeat("64\r\n" . str_repeat('x', 100) . "\r\n", 20));
$a = $client->answer();
echo $a->status, "\n";
check('a 413 in mid-body closes', $client->readAll() === '');
$h2 = H2::plain($server);
$stream = $h2->request(method: 'POST', headers: ['content-length' => '1001'], end: false);
$h2->until(fn () => isset($h2->status[$stream]) || isset($h2->reset[$stream]), 'an answer');
echo $h2->status[$stream] === 0 ? 'answered' : json_encode($h2->status), "\n";
echo h1($server->url(), '-d', str_repeat('x', 1000)), "\n";
$h2->raw->close();
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
[413]
413
413
a 413 in mid-body closes: yes
answered
200 read 1000
exit 0
