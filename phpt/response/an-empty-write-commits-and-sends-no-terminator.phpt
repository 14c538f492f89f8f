--TEST--
An empty write() is not the end of a chunked body
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $r->write("");
        note(json_encode($r->isCommitted()));
        $r->write("a");
        $r->write("");
        $r->write("b");
        $r->end("");
    }
    PHP);
$client = Raw::connect($server->addresses[0]);
$client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
echo $client->answer(), "\n";
echo h2($server->url()), "\n";
$server->stop();
echo $server->stdout;
?>
--EXPECT--
200 ab
200 ab
true
true
