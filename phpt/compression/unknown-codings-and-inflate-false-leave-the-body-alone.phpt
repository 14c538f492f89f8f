--TEST--
A body with a coding that nobody knows, or with more than three, is read as it came; with inflate: false every one is
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    fn ($request) => hash('sha256', $request->getBody()) . ' ' . $request->getHeaderLine('Content-Encoding') . ' ' . json_encode($request->getContentLength())
    PHP;
$file = scratch_file('code');
$code = gzencode('some text');
file_put_contents($file, $code);
foreach (['new Sluice\Server()', 'new Sluice\Server(inflate: false)', 'new Sluice\Server(inflate: false, compression: new Sluice\Compression())'] as $made) {
    $server = serve($handler, server: $made);
    echo "$made\n";
    foreach (['compress', 'gzip, aes128gcm', 'gzip, gzip, gzip, gzip', 'identity', 'gzip'] as $codings) {
        foreach (protocols() as $name => $post) {
            $a = $post($server->url(), '--data-binary', "@$file", '-H', "Content-Encoding: $codings");
            $isRaw = $a->body === hash('sha256', $code) . " $codings " . strlen($code);
            $isInflated = $a->body === hash('sha256', 'some text') . '  null';
            echo "  $name $codings: ", $isRaw ? 'as it came' : ($isInflated ? 'inflated' : $a), "\n";
        }
    }
    $server->stop();
}
?>
--EXPECT--
new Sluice\Server()
  h1 compress: as it came
  h2 compress: as it came
  h1 gzip, aes128gcm: as it came
  h2 gzip, aes128gcm: as it came
  h1 gzip, gzip, gzip, gzip: as it came
  h2 gzip, gzip, gzip, gzip: as it came
  h1 identity: as it came
  h2 identity: as it came
  h1 gzip: inflated
  h2 gzip: inflated
new Sluice\Server(inflate: false)
  h1 compress: as it came
  h2 compress: as it came
  h1 gzip, aes128gcm: as it came
  h2 gzip, aes128gcm: as it came
  h1 gzip, gzip, gzip, gzip: as it came
  h2 gzip, gzip, gzip, gzip: as it came
  h1 identity: as it came
  h2 identity: as it came
  h1 gzip: as it came
  h2 gzip: as it came
new Sluice\Server(inflate: false, compression: new Sluice\Compression())
  h1 compress: as it came
  h2 compress: as it came
  h1 gzip, aes128gcm: as it came
  h2 gzip, aes128gcm: as it came
  h1 gzip, gzip, gzip, gzip: as it came
  h2 gzip, gzip, gzip, gzip: as it came
  h1 identity: as it came
  h2 identity: as it came
  h1 gzip: as it came
  h2 gzip: as it came
