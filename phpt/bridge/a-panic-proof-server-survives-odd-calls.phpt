--TEST--
Odd calls - wrong types, calls on the wrong object, reentrant writes - are errors of that call only
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        if ($request->getPath() === '/fine') return 'fine';
        $said = [];
        foreach ([
            fn () => $r->write(), fn () => $r->write([]), fn () => $r->setStatus('x'), fn () => $request->read('many'), fn () => $request->getHeader(),
            fn () => $r->noSuchMethod(), fn () => $request->x = 1, fn () => $r->{'a b'}, fn () => Sluice\delay(), fn () => Sluice\delay('soon'),
            fn () => (new ReflectionMethod($r, 'write'))->invoke($request, 'x'),
            fn () => (new ReflectionClass('Sluice\Response'))->newInstanceWithoutConstructor()->write('x'),
            fn () => (new ReflectionClass('Sluice\Server'))->newInstanceWithoutConstructor()->start(),
            fn () => (new ReflectionClass('Sluice\Request'))->newInstanceWithoutConstructor()->getBody(),
        ] as $i => $call) $said[] = @strtok(attempt($call), ':');
        return $said;
    }
    PHP);
$a = h1($server->url());
echo $a->status, ' ', count(array_filter(json_decode($a->body), fn ($s) => !preg_match('/^(returned|[\w\\\\]*(Error|Exception)$)/', $s))), "\n";
echo h1($server->url('/fine')), "\n";
$server->finish();
?>
--EXPECT--
200 0
200 fine
exit 0
