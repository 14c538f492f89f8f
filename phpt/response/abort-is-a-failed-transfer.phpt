--TEST--
abort() before or after the commit is seen as a failure, never as a short success
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        switch ($request->getPath()) {
            case '/before': break;
            case '/chunked': $r->write('some'); break;
            case '/length': $r->setHeader('Content-Length', '100'); $r->write('some'); break;
            case '/big': foreach (Body::pieces(50000, 1000) as $piece) $r->write($piece); break;
        }
        $r->abort();
        note(json_encode([$r->isWritable(), $r->isEnded(), strtok(attempt(fn () => $r->write('x')), ':'), attempt(fn () => $r->abort())]));
    }
    PHP);
foreach (['before', 'chunked', 'length', 'big'] as $path) {
    foreach (protocols() as $name => $get) {
        $a = $get($server->url("/$path"));
        check("$name $path failed", $a->exit !== 0, $a->exit);
    }
}
$h2 = H2::plain($server);
$stream = $h2->request('/chunked');
$h2->finish($stream);
echo 'reset ', json_encode($h2->reset[$stream] ?? null), ', clean end ', json_encode($h2->ended[$stream] ?? false), "\n";
$stream = $h2->request('/before');
$h2->finish($stream);
echo 'reset ', json_encode(isset($h2->reset[$stream])), ', the connection lives ', json_encode(!$h2->closed), "\n";
$server->stop();
echo implode("\n", array_unique(explode("\n", $server->stdout))), $server->stderr;
?>
--EXPECTF--
h1 before failed: yes
h2 before failed: yes
h1 chunked failed: yes
h2 chunked failed: yes
h1 length failed: yes
h2 length failed: yes
h1 big failed: yes
h2 big failed: yes
reset %d, clean end false
reset true, the connection lives true
[false,true,"Sluice\\StateException","returned null"]
