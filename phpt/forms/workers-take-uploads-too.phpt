--TEST--
Workers have the limits that the server was made with, and each takes uploads
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) {
        $told = told($request->getUploadedFiles());
        return [getmypid(), $told['f']['hash'] ?? null];
    }
    PHP, 'new Sluice\Server(workers: 2, uploads: new Sluice\Uploads(fileSize: 100000))');
$form = raw_body(multipart(part('name=f; filename=x', Body::of(100000))));
$pids = [];
until('an answer from both', function () use ($server, $form, &$pids) {
    [$pid, $hash] = json_decode(h1($server->url(), ...$form)->body);
    $hash === Body::sha256(100000) || print("WRONG $hash\n");
    $pids[$pid] = true;
    return count($pids) === 2;
});
$refused = [];
foreach (range(1, 20) as $_) {
    $refused[] = h2($server->url(), ...raw_body(multipart(part('name=f; filename=x', Body::of(100001)))))->status;
}
echo implode(' ', array_unique($refused)), "\n", 'exit ', $server->stop(), "\n";
?>
--EXPECT--
413
exit 0
