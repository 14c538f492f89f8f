--TEST--
exit() and die() end their own request; what was made is sent; the server and its other requests go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        switch ($request->getPath()) {
            case '/other': note('other waits'); while (!file_exists($request->getQueryParams()['go'])) Sluice\delay(0.005); return 'other';
            case '/exit': exit();
            case '/code': exit(3);
            case '/made': $r->setStatus(404); $r->end('made'); exit;
            case '/nested': (new Fiber(function () use ($r) { $r->setHeader('X-A', '1'); exit; }))->start();
            case '/late': $r->write('some'); exit;
        }
    }
    PHP);
$go = scratch_file('go');
$waiting = Raw::connect($server->addresses[0]);
$waiting->send("GET /other?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('other waits');
foreach (['exit', 'code', 'made', 'nested', 'late'] as $path) {
    foreach (protocols() as $name => $get) {
        $a = $get($server->url("/$path"));
        echo "$name $path ", $a, "\n";
    }
}
touch($go);
echo $waiting->answer(), "\n";
$server->finish();
?>
--EXPECTF--
h1 exit %r200 |500 Internal Server Error%r
h2 exit %r200 |500 Internal Server Error%r
h1 code %r200 |500 Internal Server Error%r
h2 code %r200 |500 Internal Server Error%r
h1 made 404 made
h2 made 404 made
h1 nested %r200 |500 Internal Server Error%r
h2 nested %r200 |500 Internal Server Error%r
h1 late 200 some%S
h2 late 200 some%S
200 other
exit 0
stdout: other waits
