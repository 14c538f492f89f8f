--TEST--
A client that reads 8 KiB every few milliseconds through a small receive buffer gets every byte, over every ring
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$rings = [1024, 4096, 17408, 65536, 1048576];
$listen = implode(', ', array_map(fn ($ring) => "\$server->listen('tcp://127.0.0.1:0', " . tls_code(ring: $ring) . ')', $rings));
$handler = BODY_HANDLER;
$server = ServerProcess::run("\$server = new Sluice\\Server(); \$server->handle($handler); say($listen); \$server->start();");
foreach ($rings as $i => $ring) {
    foreach (['end', '1000'] as $by) {
        $length = 300000;
        $client = Raw::tls($server->addresses[$i], 8192);
        $client->send("GET /?n=$length&by=$by HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        $all = '';
        while (($piece = $client->read(8192)) !== '') {
            $all .= $piece;
            pause(0.002);
        }
        [$head, $body] = explode("\r\n\r\n", $all, 2);
        if (stripos($head, 'chunked') !== false) {
            $plain = '';
            for ($at = 0; preg_match('/\G([0-9a-f]+)\r\n/i', $body, $m, 0, $at); $at += hexdec($m[1]) + 2) {
                $at += strlen($m[0]);
                $plain .= substr($body, $at, hexdec($m[1]));
            }
            $body = $plain;
        }
        check("h1 $ring $by", hash('sha256', $body) === Body::sha256($length), strlen($body));

        $h2 = new H2(Raw::tls($server->addresses[$i], 8192, 'h2'));
        $stream = $h2->request("/?n=$length&by=$by");
        while (!isset($h2->ended[$stream]) && !isset($h2->reset[$stream]) && !$h2->closed) {
            $h2->take();
            pause(0.001);
        }
        check("h2 $ring $by", hash('sha256', $h2->body[$stream]) === Body::sha256($length), $h2->length);
    }
}
?>
--EXPECT--
h1 1024 end: yes
h2 1024 end: yes
h1 1024 1000: yes
h2 1024 1000: yes
h1 4096 end: yes
h2 4096 end: yes
h1 4096 1000: yes
h2 4096 1000: yes
h1 17408 end: yes
h2 17408 end: yes
h1 17408 1000: yes
h2 17408 1000: yes
h1 65536 end: yes
h2 65536 end: yes
h1 65536 1000: yes
h2 65536 1000: yes
h1 1048576 end: yes
h2 1048576 end: yes
h1 1048576 1000: yes
h2 1048576 1000: yes
