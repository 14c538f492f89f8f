--TEST--
A client that takes a little all the time is served to the end, though that lasts longer than the write timeout
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r, $response) {
        foreach (Body::pieces(3000000, 20000) as $piece) $response->write($piece);
        $response->end();
    }
    PHP, server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(write: 0.4))', tls: tls_code(ring: 4096));
$client = Raw::tls($server->addresses[0], 8192);
$client->send("GET / HTTP/1.0\r\n\r\n");
$began = microtime(true);
$all = '';
for ($i = 0; ($piece = $client->read(32768)) !== ''; $i++) {
    $all .= $piece;
    $i % 4 === 0 && pause(0.005);
}
check('longer than the timeout', microtime(true) - $began > 0.6, microtime(true) - $began);
check('complete', explode("\r\n\r\n", $all, 2)[1] === Body::of(3000000), strlen($all));
?>
--EXPECT--
longer than the timeout: yes
complete: yes
