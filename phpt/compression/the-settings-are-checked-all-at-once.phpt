--TEST--
Compression names every value that is wrong in one ConfigException; it is not cloned or serialized; the stats count bytes on the wire
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$text = attempt(fn () => new Sluice\Compression(codings: ['gzip', 'deflate', 'gzip'], minSize: -1, types: ['text', 'text/html'], gzipLevel: 10, brotliLevel: 11, zstdLevel: 0));
echo $text, "\n";
echo attempt(fn () => new Sluice\Compression(['br'], 0, ['*/*', 'image/svg+xml', 'application/*+json'], 9, 6, 12, true)), "\n";
echo attempt(fn () => new Sluice\Compression(codings: [])), "\n";
echo attempt(fn () => new Sluice\Compression(codings: 'gzip')) === 'returned Sluice\Compression' ? 'TAKEN' : 'a string is no list', "\n";
$compression = new Sluice\Compression();
check('clone', str_starts_with(attempt(fn () => clone $compression), 'Error: '));
check('serialize', str_starts_with(attempt(fn () => serialize($compression)), 'Exception: '), attempt(fn () => serialize($compression)));

$server = serve(CODED_HANDLER, server: 'new Sluice\Server(compression: new Sluice\Compression())');
$sent = function () use ($server) {
    return json_decode(h1($server->url('/stats'))->body, true)['listeners'][0]['bytes']['out'];
};
$before = $sent();
$a = h1($server->url('/?n=1000000'), '-H', 'Accept-Encoding: gzip');
$between = $sent();
check('the stats count what is on the wire', $between - $before > strlen($a->body) && $between - $before < 1.1 * strlen($a->body), [$before, $between, strlen($a->body)]);
$server->finish();
?>
--EXPECT--
Sluice\ConfigException: Compression: 7 mistakes: codings may have zstd, br and gzip, not "deflate"; codings has "gzip" twice; types has "text": a type is as application/json, text/* or */*+json; minSize must be 0 to 1073741824 bytes, not -1; gzipLevel must be 1 to 9, not 10; brotliLevel must be 1 to 6, not 11; zstdLevel must be 1 to 12, not 0
returned Sluice\Compression
returned Sluice\Compression
a string is no list
clone: yes
serialize: yes
the stats count what is on the wire: yes
exit 0
