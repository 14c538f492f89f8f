--TEST--
A client that has sent FIN after its request still gets the answer
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function () { Sluice\delay(0.05); return "still here"; }');
foreach (['1.0', '1.1'] as $version) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("GET / HTTP/$version\r\nHost: x\r\n\r\n");
    $client->closeWrite();
    echo "$version ", $client->answer(), "\n";
}
?>
--EXPECT--
1.0 200 still here
1.1 200 still here
