--TEST--
With a declared Content-Length, a write past it throws and an end short of it aborts, on h1 and h2
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $r->setHeader('Content-Length', '10');
        switch ($request->getPath()) {
            case '/exact': $r->write('01234'); $r->end('56789'); break;
            case '/whole': $r->end('0123456789'); break;
            case '/excess': $r->write('01234'); note(strtok(attempt(fn () => $r->write('56789X')), '$')); $r->end('56789'); break;
            case '/excess-end': $r->write('01234'); note(strtok(attempt(fn () => $r->end('56789X')), '$')); $r->end('56789'); break;
            case '/short': $r->write('01234'); note(attempt(fn () => $r->end('567'))); break;
            case '/return': $r->write('01234'); break;
            case '/generator': return (function () { yield '01234'; yield '567'; })();
            case '/generator-exact': return (function () { yield '01234'; yield '56789'; })();
        }
    }
    PHP);
foreach (['exact', 'whole', 'excess', 'excess-end', 'short', 'return', 'generator', 'generator-exact'] as $path) {
    foreach (protocols() as $name => $get) {
        $a = $get($server->url("/$path"));
        echo "$name $path: ", $a->exit === 0 ? "$a | {$a->header('content-length')} | " . ($a->header('transfer-encoding') ?? '-') : 'failed', "\n";
    }
}
$server->stop();
echo $server->stdout;
?>
--EXPECTF--
h1 exact: 200 0123456789 | 10 | -
h2 exact: 200 0123456789 | 10 | -
h1 whole: 200 0123456789 | 10 | -
h2 whole: 200 0123456789 | 10 | -
h1 excess: 200 0123456789 | 10 | -
h2 excess: 200 0123456789 | 10 | -
h1 excess-end: 200 0123456789 | 10 | -
h2 excess-end: 200 0123456789 | 10 | -
h1 short: failed
h2 short: failed
h1 return: failed
h2 return: failed
h1 generator: failed
h2 generator: failed
h1 generator-exact: 200 0123456789 | 10 | -
h2 generator-exact: 200 0123456789 | 10 | -
Sluice\StateException: %s10%S
Sluice\StateException: %s10%S
Sluice\StateException: %s10%S
Sluice\StateException: %s10%S
%A
