--TEST--
delay() holds its own request up and no other; zero yields; nonsense is refused
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) {
        switch ($request->getPath()) {
            case '/long': note('long waits'); Sluice\delay(0.3); note('long done'); return 'long';
            case '/quick': note('quick'); return 'quick';
            case '/zero': Sluice\delay(0); Sluice\delay(0.0); return 'zero';
            case '/bad': return [attempt(fn () => Sluice\delay(-1)), attempt(fn () => Sluice\delay(NAN)), attempt(fn () => Sluice\delay(INF))];
            case '/exact': $t = hrtime(true); Sluice\delay(0.1); return json_encode((hrtime(true) - $t) / 1e9 >= 0.1);
        }
    }
    PHP);
$long = Raw::connect($server->addresses[0]);
$long->send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('long waits');
echo h1($server->url('/quick')), "\n";
echo $long->answer(), "\n";
echo h1($server->url('/zero')), "\n", h1($server->url('/exact')), "\n";
foreach (json_decode(h1($server->url('/bad'))->body) as $said) {
    echo preg_match('/^[\w\\\\]+(Exception|Error): ./', $said) ? 'refused' : $said, "\n";
}
$server->finish();
?>
--EXPECT--
200 quick
200 long
200 zero
200 true
refused
refused
refused
exit 0
stdout: long waits
stdout: quick
stdout: long done
