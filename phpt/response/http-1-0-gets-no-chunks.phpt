--TEST--
A stream to an HTTP/1.0 client is delimited by the close; a keep-alive is granted only where the length is known
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        if ($request->getPath() === '/stream') { foreach (Body::pieces(100000, 7000) as $piece) $r->write($piece); $r->end(); return; }
        return 'known';
    }
    PHP);
$address = $server->addresses[0];
$client = Raw::connect($address);
$client->send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /known HTTP/1.0\r\n\r\n");
[$head, $body] = explode("\r\n\r\n", $client->readAll(), 2);
check('not chunked', stripos($head, 'transfer-encoding') === false, $head);
check('closes', stripos($head, 'connection: keep-alive') === false, $head);
check('the body and nothing else', $body === Body::of(100000), strlen($body));
$client = Raw::connect($address);
$client->send("GET /known HTTP/1.0\r\n\r\n");
check('closes without keep-alive', str_ends_with($client->readAll(), "\r\n\r\nknown"));
$client = Raw::connect($address);
$client->send("GET /known HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
$a = $client->answer();
echo $a, ' ', $a->header('connection'), "\n";
$client->send("GET /known HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
echo $client->answer(), "\n";
?>
--EXPECT--
not chunked: yes
closes: yes
the body and nothing else: yes
closes without keep-alive: yes
200 known keep-alive
200 known
