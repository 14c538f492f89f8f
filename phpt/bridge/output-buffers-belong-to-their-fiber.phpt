--TEST--
Interleaved handlers, and fibers inside one handler, each get their own output buffers back
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) {
        $name = $request->getQueryParams()['name'];
        if ($request->getPath() === '/handler') {
            ob_start();
            echo "<$name";
            for ($i = 0; $i < 5; $i++) { Sluice\delay(0.004); echo " $name$i"; }
            ob_start(fn ($text) => strtoupper($text));
            echo " inner $name";
            Sluice\delay(0.004);
            ob_end_flush();
            echo '>';
            return ob_get_clean() . ' level ' . ob_get_level();
        }
        $made = [];
        $fibers = [];
        foreach (['x', 'y'] as $f) {
            $fibers[] = $fiber = new Fiber(function () use (&$made, $f) {
                ob_start();
                for ($i = 0; $i < 3; $i++) { echo "$f$i "; Sluice\delay(0.003); }
                $made[] = ob_get_clean();
            });
            $fiber->start();
        }
        while (array_filter($fibers, fn ($fiber) => !$fiber->isTerminated())) Sluice\delay(0.002);
        sort($made);
        return $made;
    }
    PHP);
foreach (together(array_map(fn ($n) => $server->url("/handler?name=$n"), ['a', 'b', 'c', 'd'])) as $t) {
    echo $t->body, "\n";
}
foreach (together([$server->url('/fibers?name=p'), $server->url('/fibers?name=q')]) as $t) {
    echo $t->body, "\n";
}
$server->finish();
?>
--EXPECT--
<a a0 a1 a2 a3 a4 INNER A> level 0
<b b0 b1 b2 b3 b4 INNER B> level 0
<c c0 c1 c2 c3 c4 INNER C> level 0
<d d0 d1 d2 d3 d4 INNER D> level 0
["x0 x1 x2 ","y0 y1 y2 "]
["x0 x1 x2 ","y0 y1 y2 "]
exit 0
