--TEST--
redirect() sends Location and a 3xx status, and refuses statuses that are no redirects
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $code = $request->getQueryParams()['code'] ?? null;
        if ($code === 'bad') return attempt(fn () => $r->redirect('/x', 200));
        $code === null ? $r->redirect('/there?a=b') : $r->redirect('https://example.com/', (int) $code);
    }
    PHP);
foreach (['/', '/?code=301', '/?code=303', '/?code=307', '/?code=308'] as $path) {
    $a = h1($server->url($path));
    echo $a->status, ' ', $a->header('location'), ' ', $a->header('content-length'), "\n";
}
echo h1($server->url('/?code=bad')), "\n";
?>
--EXPECTF--
302 /there?a=b 0
301 https://example.com/ 0
303 https://example.com/ 0
307 https://example.com/ 0
308 https://example.com/ 0
200 %s: %s200%S
