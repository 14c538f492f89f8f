--TEST--
A generator that waits, writes and reads inside its body works in a handler and as a return value
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $numbers = (function () { for ($i = 0; $i < 3; $i++) { Sluice\delay(0.002); yield $i; } return 'end'; })();
        if ($request->getPath() === '/inside') {
            foreach ($numbers as $n) $response->write("$n,");
            $response->end($numbers->getReturn());
            return;
        }
        return (function () use ($numbers, $request) {
            try {
                foreach ($numbers as $n) yield "$n,";
                yield from ['a', 'b'];
                yield $request->getBody();
            } finally { note('generator finally'); }
        })();
    }
    PHP);
foreach (protocols() as $name => $post) {
    echo "$name ", $post($server->url('/inside')), "\n", "$name ", $post($server->url('/returned'), '-d', 'posted'), "\n";
}
$server->finish();
?>
--EXPECT--
h1 200 0,1,2,end
h1 200 0,1,2,abposted
h2 200 0,1,2,end
h2 200 0,1,2,abposted
exit 0
stdout: generator finally
stdout: generator finally
