--TEST--
Without a fallback a mount answers 404 and 405 by itself; of several mounts the longest prefix counts, and it ends where a name does
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$top = folder(['static/x' => 'not to be seen', 'statics' => 'beside', 'a' => 'top a', 'page.htm' => 'top page']);
$static = folder(['x' => 'static x', 'deep/x' => 'not to be seen either', 'default.htm' => 'static default']);
$deep = folder(['x' => 'deep x', 'index.html' => 'deep index']);
$server = serve(
    'fn ($request) => "handler: {$request->getMethod()} {$request->getPath()}"',
    mounting($top, 'index: null') . '->mount(new Sluice\Files(' . var_export($static, true) . ', "/static/", "default.htm", fallback: false))'
        . '->mount(new Sluice\Files(' . var_export($deep, true) . ', prefix: "/static/deep", fallback: false, index: null))',
);
foreach (protocols() as $protocol => $get) {
    echo "$protocol\n";
    foreach ([
        '/a', '/', '/static', '/static/', '/static/x', '/static/y', '/statics', '/%73tatic/x', '/static/deep', '/static/deep/', '/static/deep/x',
        '/static/deep/y', '/static/deeper', '/static%2fx', '/static/../a',
    ] as $path) {
        $answer = $get($server->url($path), '--path-as-is');
        $more = $answer->status === 301 ? " to {$answer->header('location')}" : '';
        echo "$path: $answer$more\n";
    }
    $answer = $get($server->url('/static/x'), '-X', 'DELETE');
    echo "DELETE /static/x: $answer, {$answer->header('content-type')}, allow {$answer->header('allow')}\n";
    echo "POST /static/y: ", $get($server->url('/static/y'), '-d', 'x=1'), "\n";
    echo "POST /a: ", $get($server->url('/a'), '-d', 'x=1'), "\n";
    $answer = $get($server->url('/static/y'), '-I');
    echo "HEAD /static/y: {$answer->status} {$answer->header('content-length')}\n";
}
$server->finish();
?>
--EXPECT--
h1
/a: 200 top a
/: 200 handler: GET /
/static: 301 Moved Permanently to /static/
/static/: 200 static default
/static/x: 200 static x
/static/y: 404 Not Found
/statics: 200 beside
/%73tatic/x: 200 static x
/static/deep: 301 Moved Permanently to /static/deep/
/static/deep/: 404 Not Found
/static/deep/x: 200 deep x
/static/deep/y: 404 Not Found
/static/deeper: 404 Not Found
/static%2fx: 200 handler: GET /static/x
/static/../a: 404 Not Found
DELETE /static/x: 405 Method Not Allowed, text/plain; charset=utf-8, allow GET, HEAD
POST /static/y: 405 Method Not Allowed
POST /a: 200 handler: POST /a
HEAD /static/y: 404 9
h2
/a: 200 top a
/: 200 handler: GET /
/static: 301 Moved Permanently to /static/
/static/: 200 static default
/static/x: 200 static x
/static/y: 404 Not Found
/statics: 200 beside
/%73tatic/x: 200 static x
/static/deep: 301 Moved Permanently to /static/deep/
/static/deep/: 404 Not Found
/static/deep/x: 200 deep x
/static/deep/y: 404 Not Found
/static/deeper: 404 Not Found
/static%2fx: 200 handler: GET /static/x
/static/../a: 404 Not Found
DELETE /static/x: 405 Method Not Allowed, text/plain; charset=utf-8, allow GET, HEAD
POST /static/y: 405 Method Not Allowed
POST /a: 200 handler: POST /a
HEAD /static/y: 404 9
exit 0
