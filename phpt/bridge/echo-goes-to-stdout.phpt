--TEST--
echo and print outside a buffer go to stdout, also while a buffer of another request is open
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) {
        if ($request->getPath() === '/buffering') {
            ob_start();
            echo 'kept ';
            note('buffering');
            while (!file_exists($request->getQueryParams()['go'])) Sluice\delay(0.005);
            return ob_get_clean() . 'back';
        }
        echo "echoed\n";
        print "printed\n";
        Sluice\delay(0.005);
        echo "later\n";
        return 'quiet';
    }
    PHP);
$go = scratch_file('go');
$client = Raw::connect($server->addresses[0]);
$client->send("GET /buffering?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('buffering');
echo h1($server->url()), "\n";
touch($go);
echo $client->answer(), "\n";
$server->finish();
?>
--EXPECT--
200 quiet
200 kept back
exit 0
stdout: buffering
stdout: echoed
stdout: printed
stdout: later
