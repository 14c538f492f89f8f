--TEST--
On HTTP/2 a client that holds its body back is asked for it when the handler reads, and only then
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        if ($request->getPath() === '/refuse') { $response->setStatus(403); return 'no'; }
        return hash('sha256', $request->getBody());
    }
    PHP);
$file = scratch_file('upload');
file_put_contents($file, Body::of(100000));
foreach (['/', '/refuse'] as $path) {
    exec('nghttp -v -t 20 --expect-continue -d ' . escapeshellarg($file) . ' ' . escapeshellarg($server->url($path)), $lines);
    preg_match_all('/:status: (\d+)|(send) DATA/', implode("\n", $lines), $found, PREG_SET_ORDER);
    $order = array_map(fn ($one) => $one[2] ?? $one[1], $found);
    // However many frames the upload takes, what counts is what they come after.
    echo "$path ", implode(' ', array_unique($order)), "\n";
    if ($path === '/') check('  whole', str_contains(implode($lines), Body::sha256(100000)), implode("\n", $lines));
    unset($lines);
}
?>
--EXPECT--
/ 100 send 200
  whole: yes
/refuse 403
