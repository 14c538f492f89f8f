--TEST--
What lies in a mount is answered without the handler; what does not is the handler's, and so are other methods
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$folder = folder([
    'index.html' => '<p>top', 'a.txt' => 'a', 'sub/index.html' => '<p>sub', 'sub/b.css' => 'b{}', 'none/c.js' => 'c', 'a b/ü.txt' => 'ü',
    'empty' => '', '100%25.txt' => 'per cent',
]);
$handler = <<<'PHP'
    function ($request) use (&$handled) {
        $handled++;
        return "handler $handled: {$request->getMethod()} {$request->getPath()}";
    }
    PHP;
foreach (protocols() as $protocol => $get) {
    echo "$protocol\n";
    $server = serve($handler, mounting($folder));
    foreach ([
        '/', '/index.html', '/a.txt', '/a.txt?query=/../x', '/sub/', '/sub/b.css', '/none/c.js', '/a%20b/%c3%bc.txt', '/a%20b/%C3%BC.txt', '/empty',
        '/100%2525.txt',
    ] as $path) {
        $answer = $get($server->url($path));
        $head = $get($server->url($path), '-I');
        $same = array_diff_key($answer->headers, ['date' => 0]) === array_diff_key($head->headers, ['date' => 0]) && $head->status === 200;
        echo "$path: $answer, {$answer->header('content-type')}, {$answer->header('content-length')}", $same ? '' : ', HEAD DIFFERS', "\n";
    }
    foreach (['/sub', '/sub?x=1&y', '/a%20b'] as $path) {
        $answer = $get($server->url($path));
        echo "$path: $answer to {$answer->header('location')}\n";
    }
    foreach (['/a', '/A.txt', '/none/', '/a.txt/', '/sub/index.html/x', '/stats'] as $path) {
        echo $get($server->url($path)), "\n";
    }
    foreach (['POST', 'PUT', 'DELETE', 'OPTIONS', 'get'] as $method) {
        echo $get($server->url('/a.txt'), '-X', $method), "\n";
    }
    $server->finish();
}
?>
--EXPECT--
h1
/: 200 <p>top, text/html; charset=utf-8, 6
/index.html: 200 <p>top, text/html; charset=utf-8, 6
/a.txt: 200 a, text/plain; charset=utf-8, 1
/a.txt?query=/../x: 200 a, text/plain; charset=utf-8, 1
/sub/: 200 <p>sub, text/html; charset=utf-8, 6
/sub/b.css: 200 b{}, text/css; charset=utf-8, 3
/none/c.js: 200 c, text/javascript; charset=utf-8, 1
/a%20b/%c3%bc.txt: 200 ü, text/plain; charset=utf-8, 2
/a%20b/%C3%BC.txt: 200 ü, text/plain; charset=utf-8, 2
/empty: 200 , application/octet-stream, 0
/100%2525.txt: 200 per cent, text/plain; charset=utf-8, 8
/sub: 301 Moved Permanently to /sub/
/sub?x=1&y: 301 Moved Permanently to /sub/?x=1&y
/a%20b: 301 Moved Permanently to /a%20b/
200 handler 1: GET /a
200 handler 2: GET /A.txt
200 handler 3: GET /none/
200 handler 4: GET /a.txt/
200 handler 5: GET /sub/index.html/x
200 handler 6: GET /stats
200 handler 7: POST /a.txt
200 handler 8: PUT /a.txt
200 handler 9: DELETE /a.txt
200 handler 10: OPTIONS /a.txt
200 handler 11: get /a.txt
exit 0
h2
/: 200 <p>top, text/html; charset=utf-8, 6
/index.html: 200 <p>top, text/html; charset=utf-8, 6
/a.txt: 200 a, text/plain; charset=utf-8, 1
/a.txt?query=/../x: 200 a, text/plain; charset=utf-8, 1
/sub/: 200 <p>sub, text/html; charset=utf-8, 6
/sub/b.css: 200 b{}, text/css; charset=utf-8, 3
/none/c.js: 200 c, text/javascript; charset=utf-8, 1
/a%20b/%c3%bc.txt: 200 ü, text/plain; charset=utf-8, 2
/a%20b/%C3%BC.txt: 200 ü, text/plain; charset=utf-8, 2
/empty: 200 , application/octet-stream, 0
/100%2525.txt: 200 per cent, text/plain; charset=utf-8, 8
/sub: 301 Moved Permanently to /sub/
/sub?x=1&y: 301 Moved Permanently to /sub/?x=1&y
/a%20b: 301 Moved Permanently to /a%20b/
200 handler 1: GET /a
200 handler 2: GET /A.txt
200 handler 3: GET /none/
200 handler 4: GET /a.txt/
200 handler 5: GET /sub/index.html/x
200 handler 6: GET /stats
200 handler 7: POST /a.txt
200 handler 8: PUT /a.txt
200 handler 9: DELETE /a.txt
200 handler 10: OPTIONS /a.txt
200 handler 11: get /a.txt
exit 0
