--TEST--
Ten thousand requests leave the process no larger than a thousand did
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($request, $r) => $request->getPath() === "/memory" ? (string) memory_get_usage() : "hello " . strlen($request->getHeaderLine("x-long"))');
$round = function (int $times) use ($server): int {
    $client = Raw::connect($server->addresses[0]);
    $request = "GET / HTTP/1.1\r\nHost: x\r\nX-Long: " . str_repeat('y', 500) . "\r\n\r\n";
    for ($i = 0; $i < $times; $i += 50) {
        $client->send(str_repeat($request, 50));
        for ($j = 0; $j < 50; $j++) {
            $client->answer()->body === 'hello 500' || print("WRONG\n");
        }
    }
    $client->send("GET /memory HTTP/1.1\r\nHost: x\r\n\r\n");
    return (int) $client->answer()->body;
};
$before = $round(1000);
$resident = resident($server->pid);
$after = $round(10000);
check('the Zend heap', $after - $before < 100000, $after - $before);
check('the process', resident($server->pid) - $resident < 4 << 20, resident($server->pid) - $resident);
$server->finish();
?>
--EXPECT--
the Zend heap: yes
the process: yes
exit 0
