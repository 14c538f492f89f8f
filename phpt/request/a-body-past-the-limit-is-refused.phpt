--TEST--
A body past the limit throws BodyTooLargeException, which becomes 413 when it is not caught
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $path = $request->getPath();
        if ($path === '/caught') {
            try { $request->getBody(); } catch (Sluice\BodyTooLargeException $e) { $response->setStatus(413); return get_class($e) . ': ' . $e->getMessage(); }
        }
        if ($path === '/read') { while ($request->read() !== null); return 'read it all'; }
        return 'length ' . strlen($request->getBody());
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(body: 1000))');
$files = [];
foreach ([1000, 1001, 3000000] as $length) {
    $files[$length] = scratch_file('upload');
    file_put_contents($files[$length], Body::of($length));
}
foreach (protocols() as $name => $post) {
    echo "$name 1000: ", $post($server->url(), '--data-binary', "@{$files[1000]}"), "\n";
    foreach ([1001, 3000000] as $length) {
        foreach (['/', '/read'] as $path) {
            $answer = $post($server->url($path), '--data-binary', "@{$files[$length]}", '-H', 'Expect:');
            echo "$name $length $path: {$answer->status}", $answer->exit === 0 ? '' : " curl {$answer->exit} {$answer->error}", "\n";
        }
    }
}
$answer = h1($server->url(), '--data-binary', "@{$files[1001]}", '-H', 'Transfer-Encoding: chunked');
echo "chunked: {$answer->status}\n";
$text = h1($server->url('/caught'), '--data-binary', "@{$files[1001]}", '-H', 'Transfer-Encoding: chunked')->body;
check('the message names the limit', preg_match('/^Sluice\\\\BodyTooLargeException: .*1000/', $text) === 1, $text);
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
h1 1000: 200 length 1000
h1 1001 /: 413
h1 1001 /read: 413
h1 3000000 /: 413
h1 3000000 /read: 413
h2 1000: 200 length 1000
h2 1001 /: 413
h2 1001 /read: 413
h2 3000000 /: 413
h2 3000000 /read: 413
chunked: 413
the message names the limit: yes
exit 0
