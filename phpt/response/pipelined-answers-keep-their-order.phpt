--TEST--
Pipelined requests are answered in order, whatever their size and kind
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $query = $request->getQueryParams();
        $length = (int) ($query['n'] ?? 0);
        switch ($request->getPath()) {
            case '/small': return "small {$query['i']}";
            case '/big': return Body::of($length);
            case '/stream': foreach (Body::pieces($length, 5000) as $piece) $r->write($piece); $r->end(); return;
            case '/slow': Sluice\delay(0.05); return 'slow';
            case '/generator': return Body::pieces($length, 1000);
            case '/throw': throw new Exception('x');
        }
    }
    PHP, tls: tls_code(ring: 1024));
$plan = [
    '/small?i=1', '/small?i=2', '/big?n=400000', '/small?i=3', '/stream?n=300000', '/small?i=4', '/slow',
    '/big?n=1', '/generator?n=100000', '/throw', '/small?i=5', '/big?n=0', '/stream?n=1', '/small?i=6',
];
$client = Raw::tls($server->addresses[0]);
$client->send(implode('', array_map(fn ($target) => "GET $target HTTP/1.1\r\nHost: x\r\n\r\n", $plan)));
foreach ($plan as $target) {
    $a = $client->answer();
    preg_match('/n=(\d+)/', $target, $n);
    echo $target, ' ', $a->status, ' ', $n ? ($a->isBody((int) $n[1]) ? 'right' : 'WRONG ' . strlen($a->body)) : $a->body, "\n";
}
?>
--EXPECT--
/small?i=1 200 small 1
/small?i=2 200 small 2
/big?n=400000 200 right
/small?i=3 200 small 3
/stream?n=300000 200 right
/small?i=4 200 small 4
/slow 200 slow
/big?n=1 200 right
/generator?n=100000 200 right
/throw 500 Internal Server Error
/small?i=5 200 small 5
/big?n=0 200 right
/stream?n=1 200 right
/small?i=6 200 small 6
