--TEST--
An uploaded file, a part and a request that outlive their request throw StateException
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) use (&$file, &$parts, &$part, &$old) {
        switch ($request->getPath()) {
            case '/file': $file = $request->getUploadedFiles()['f']; return 'kept';
            case '/parts': $parts = $request->getParts(); $part = $parts->current(); return 'kept ' . $part->getName();
            case '/old': $old = $request; return 'kept';
        }
        $calls = [];
        foreach (['getStream', 'getSize', 'getError', 'getClientFilename', 'getClientMediaType'] as $call) {
            $calls[$call] = attempt(fn () => $file->$call());
        }
        $calls['moveTo'] = attempt(fn () => $file->moveTo('/tmp/never'));
        foreach (['read', 'getContents', 'getName'] as $call) {
            $calls[$call] = attempt(fn () => $part->$call());
        }
        $calls['next'] = attempt(fn () => $parts->next());
        $calls['getParsedBody'] = attempt(fn () => $old->getParsedBody());
        $calls['getParts'] = attempt(fn () => $old->getParts());
        return $calls;
    }
    PHP);
foreach (['/file', '/parts', '/old'] as $path) {
    echo h1($server->url($path), ...raw_body(multipart(part('name=f; filename=x', 'content'), part('name=g', '1')))), "\n";
}
foreach (json_decode(h1($server->url())->body, true) as $call => $result) {
    echo "$call: $result\n";
}
?>
--EXPECT--
200 kept
200 kept f
200 kept
getStream: Sluice\StateException: the request is over: what belongs to it is there while it is handled
getSize: Sluice\StateException: the request is over: what belongs to it is there while it is handled
getError: Sluice\StateException: the request is over: what belongs to it is there while it is handled
getClientFilename: Sluice\StateException: the request is over: what belongs to it is there while it is handled
getClientMediaType: Sluice\StateException: the request is over: what belongs to it is there while it is handled
moveTo: Sluice\StateException: the request is over: what belongs to it is there while it is handled
read: Sluice\StateException: the request is over: what belongs to it is there while it is handled
getContents: Sluice\StateException: the request is over: what belongs to it is there while it is handled
getName: returned "f"
next: Sluice\StateException: the request is over: what belongs to it is there while it is handled
getParsedBody: Sluice\StateException: the request is over: what belongs to it is there while it is handled
getParts: Sluice\StateException: the request is over: what belongs to it is there while it is handled
