--TEST--
Connection: close by the client or by the handler is answered as such, and the connection is closed
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        if ($request->getPath() === "/close") $r->setHeader("Connection", "close");
        if ($request->getPath() === "/keep") $r->setHeader("Connection", "keep-alive");
        return "x";
    }
    PHP);
foreach ([['/close', ''], ['/', "Connection: close\r\n"], ['/keep', "Connection: close\r\n"], ['/', "Connection: Close, foo\r\n"]] as [$path, $header]) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("GET $path HTTP/1.1\r\nHost: x\r\n$header\r\n");
    $a = $client->answer();
    echo "$path $a ", $a->header('connection'), ' ', json_encode($client->readAll()), "\n";
}
$client = Raw::connect($server->addresses[0]);
$client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
$a = $client->answer();
echo $a, ' ', json_encode($a->header('connection')), "\n";
$a = h2($server->url('/close'));
echo "h2 $a ", json_encode($a->header('connection')), "\n";
?>
--EXPECT--
/close 200 x close ""
/ 200 x close ""
/keep 200 x close ""
/ 200 x close ""
200 x null
h2 200 x null
