--TEST--
Types come of names' endings, Cache-Control of the settings, and a file that lies there coded goes to whom accepts it, with a tag of its own
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$names = [
    'a.html', 'a.HTM', 'a.css', 'a.js', 'a.mjs', 'a.json', 'a.map', 'a.txt', 'a.md', 'a.csv', 'a.xml', 'a.svg', 'a.png', 'a.jpg', 'a.webp', 'a.avif', 'a.ico', 'a.pdf',
    'a.wasm', 'a.woff2', 'a.mp4', 'a.zip', 'a.tar.gz', 'a.min.js', 'a', 'a.', 'a.unknown', 'own.x', 'own.YY',
];
$folder = folder(array_fill_keys($names, 'x'));
$server = serve(sending($folder), mounting($folder, "'/mount', types: ['x' => 'application/x-own', 'yy' => 'text/y; charset=latin1', 'md' => 'text/x-markdown']"));
foreach ($names as $name) {
    $answer = h1($server->url("/mount/$name"));
    $sent = h1($server->url("/$name"));
    $same = $sent->header('content-type') === $answer->header('content-type') ? '' : "; by sendFile {$sent->header('content-type')}";
    echo "$name: {$answer->header('content-type')}$same\n";
}
check('no Cache-Control by itself', $answer->header('cache-control') === null);
$server->finish();

$text = str_repeat("All work and no play makes a dull boy.\n", 500);
$folder = folder([
    'a.txt' => $text, 'a.txt.gz' => gzencode($text), 'a.txt.br' => coded('br', $text), 'a.txt.zst' => coded('zstd', $text),
    'gzip only.css' => $text, 'gzip only.css.gz' => gzencode($text), 'plain.html' => $text, 'orphan.txt.gz' => gzencode('orphan'),
    'index.html' => $text, 'index.html.br' => coded('br', $text), 'odd.txt' => $text,
]);
mkdir("$folder/odd.txt.br");
symlink('/etc/passwd', "$folder/odd.txt.gz");
// The compression of responses must leave alone what is coded.
$server = serve(
    'fn () => "handler"',
    mounting($folder, "cacheControl: 'public, max-age=3600', precompressed: ['br', 'zstd', 'gzip']", 'compression: new Sluice\Compression(minSize: 0)'),
);
$tags = [];
foreach (protocols() as $protocol => $get) {
    echo "$protocol\n";
    foreach ([
        ['/a.txt', null], ['/a.txt', 'gzip'], ['/a.txt', 'gzip, deflate, br'], ['/a.txt', 'zstd;q=1, br;q=0.9'], ['/a.txt', '*'], ['/a.txt', 'identity'],
        ['/a.txt', 'br;q=0, gzip;q=0, zstd;q=0'], ['/gzip%20only.css', 'br, gzip'], ['/', 'gzip, br'], ['/a.txt.gz', 'gzip'], ['/orphan.txt', 'gzip'],
    ] as [$path, $accept]) {
        $arguments = $accept === null ? [] : ['-H', "Accept-Encoding: $accept"];
        $answer = $get($server->url($path), ...$arguments);
        $coding = $answer->header('content-encoding');
        $decoded = match ($coding) {
            null => $answer->body,
            'gzip' => gzdecode($answer->body),
            'br' => command(['brotli', '-dc'], $answer->body)[1],
            'zstd' => command(['zstd', '-dqc'], $answer->body)[1],
        };
        $what = $decoded === $text ? 'the text' : ($path === '/a.txt.gz' && gzdecode($decoded) === $text ? 'the gzip file' : $decoded);
        echo "$path, ", $accept ?? 'nothing', ': ', $coding ?? 'plain', ", {$answer->header('content-type')}, $what, {$answer->header('vary')}, {$answer->header('cache-control')}\n";
        if ($answer->header('etag') !== null) {
            $tags[$path][$answer->header('etag')] = $coding;
            $again = $get($server->url($path), '-H', "If-None-Match: {$answer->header('etag')}", ...$arguments);
            $isRight = $again->status === 304 && $again->header('etag') === $answer->header('etag') && $again->header('vary') === $answer->header('vary')
                && $again->header('cache-control') === $answer->header('cache-control') && $again->header('content-encoding') === null;
            $isRight || print("$path, $accept: NOT 304 {$again->status} " . json_encode($again->headers) . "\n");
        }
    }
    $answer = $get($server->url('/a.txt'), '-r', '5-20', '-H', 'Accept-Encoding: gzip');
    check('a range is one of the coded file', $answer->status === 206 && $answer->header('content-encoding') === 'gzip'
        && $answer->body === substr(gzencode($text), 5, 16), (string) $answer);
    $answer = $get($server->url('/odd.txt'), '--compressed');
    check('a sibling that is no file is none', $answer->body === $text);
}
check('codings have tags of their own', count($tags['/a.txt']) >= 4, $tags);
$server->finish();
?>
--EXPECT--
a.html: text/html; charset=utf-8
a.HTM: text/html; charset=utf-8
a.css: text/css; charset=utf-8
a.js: text/javascript; charset=utf-8
a.mjs: text/javascript; charset=utf-8
a.json: application/json
a.map: application/json
a.txt: text/plain; charset=utf-8
a.md: text/x-markdown; by sendFile text/markdown; charset=utf-8
a.csv: text/csv; charset=utf-8
a.xml: text/xml; charset=utf-8
a.svg: image/svg+xml
a.png: image/png
a.jpg: image/jpeg
a.webp: image/webp
a.avif: image/avif
a.ico: image/x-icon
a.pdf: application/pdf
a.wasm: application/wasm
a.woff2: font/woff2
a.mp4: video/mp4
a.zip: application/zip
a.tar.gz: application/gzip
a.min.js: text/javascript; charset=utf-8
a: application/octet-stream
a.: application/octet-stream
a.unknown: application/octet-stream
own.x: application/x-own; by sendFile application/directx
own.YY: text/y; charset=latin1; by sendFile application/octet-stream
no Cache-Control by itself: yes
exit 0
h1
/a.txt, nothing: plain, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, gzip: gzip, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, gzip, deflate, br: br, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, zstd;q=1, br;q=0.9: zstd, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, *: br, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, identity: plain, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, br;q=0, gzip;q=0, zstd;q=0: plain, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/gzip%20only.css, br, gzip: gzip, text/css; charset=utf-8, the text, accept-encoding, public, max-age=3600
/, gzip, br: br, text/html; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt.gz, gzip: plain, application/gzip, the gzip file, accept-encoding, public, max-age=3600
/orphan.txt, gzip: plain, text/html; charset=utf-8, handler, Accept-Encoding, 
a range is one of the coded file: yes
a sibling that is no file is none: yes
h2
/a.txt, nothing: plain, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, gzip: gzip, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, gzip, deflate, br: br, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, zstd;q=1, br;q=0.9: zstd, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, *: br, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, identity: plain, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt, br;q=0, gzip;q=0, zstd;q=0: plain, text/plain; charset=utf-8, the text, accept-encoding, public, max-age=3600
/gzip%20only.css, br, gzip: gzip, text/css; charset=utf-8, the text, accept-encoding, public, max-age=3600
/, gzip, br: br, text/html; charset=utf-8, the text, accept-encoding, public, max-age=3600
/a.txt.gz, gzip: plain, application/gzip, the gzip file, accept-encoding, public, max-age=3600
/orphan.txt, gzip: plain, text/html; charset=utf-8, handler, Accept-Encoding, 
a range is one of the coded file: yes
a sibling that is no file is none: yes
codings have tags of their own: yes
exit 0
