--TEST--
Request and response serve again where nobody has kept them; what is kept, marked or weakly held stays with its request
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use (&$kept) {
        switch ($request->getPath()) {
            case '/keep': $kept = [$request, $response]; return 'kept';
            case '/kept':
                [$q, $r] = $kept;
                try { $r->setHeader('X-Late', '1'); $late = 'set'; } catch (Sluice\StateException $e) { $late = get_class($e); }
                return ($q !== $request && $r !== $response ? 'others' : 'the same') . " {$q->getPath()} {$r->getStatus()} $late";
            case '/weak': $kept = [WeakReference::create($request), WeakReference::create($response)]; return 'weakly';
            case '/gone': return json_encode(array_map(fn ($weak) => $weak->get() === null, $kept));
            case '/mark': @$request->mark = 'a'; @$response->mark = 'b'; return 'marked';
            case '/marks': return json_encode([isset($request->mark), isset($response->mark)]);
            case '/body': return $request->getBody();
            case '/again': return json_encode($request->getBody());
            case '/throw': throw new Exception('kept by its trace');
        }
    }
    PHP);
foreach (['keep', 'kept', 'weak', 'gone', 'mark', 'marks', 'marks', 'throw', 'keep', 'kept'] as $path) {
    foreach (protocols() as $name => $get) {
        echo "$name $path ", $get($server->url("/$path")), "\n";
    }
}
echo h1($server->url('/body'), '--data', 'of the first'), "\n";
echo h1($server->url('/again')), "\n";
$server->finish();
?>
--EXPECTF--
h1 keep 200 kept
h2 keep 200 kept
h1 kept 200 others /keep 200 Sluice\StateException
h2 kept 200 others /keep 200 Sluice\StateException
h1 weak 200 weakly
h2 weak 200 weakly
h1 gone 200 [true,true]
h2 gone 200 [true,true]
h1 mark 200 marked
h2 mark 200 marked
h1 marks 200 [false,false]
h2 marks 200 [false,false]
h1 marks 200 [false,false]
h2 marks 200 [false,false]
h1 throw 500 Internal Server Error
h2 throw 500 Internal Server Error
h1 keep 200 kept
h2 keep 200 kept
h1 kept 200 others /keep 200 Sluice\StateException
h2 kept 200 others /keep 200 Sluice\StateException
200 of the first
200 ""
exit 0
%A
