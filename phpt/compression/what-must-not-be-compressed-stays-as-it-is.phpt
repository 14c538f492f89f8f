--TEST--
What is small, coded, partial, forbidden to transform or of another type stays as it is; tags and Vary say what was done
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $text = str_repeat('as often as not ', 100);
        $r->setHeader('Content-Type', 'text/plain; charset=utf-8');
        switch ($request->getPath()) {
            case '/small': return substr($text, 0, 1023);
            case '/small-declared': $r->setHeader('Content-Length', '1023'); $r->write(substr($text, 0, 1023)); return;
            case '/enough': return substr($text, 0, 1024);
            case '/unknown': $r->write('a'); $r->write('b'); return;
            case '/png': $r->setHeader('Content-Type', 'image/png'); return $text;
            case '/svg': $r->setHeader('Content-Type', 'IMAGE/SVG+XML'); return $text;
            case '/json': $r->removeHeader('Content-Type'); $r->json(['text' => $text]); return;
            case '/coded': $r->setHeader('Content-Encoding', 'gzip'); return gzencode($text);
            case '/range': $r->setStatus(206)->setHeader('Content-Range', 'bytes 0-1599/5000'); return $text;
            case '/range-png': $r->setStatus(206)->setHeader('Content-Type', 'image/png')->setHeader('Content-Range', 'bytes 0-1599/5000'); return $text;
            case '/304': $r->removeHeader('Content-Type')->setStatus(304); return;
            case '/416': $r->setStatus(416)->setHeader('Content-Range', 'bytes */5000'); return $text;
            case '/no-transform': $r->setHeader('Cache-Control', 'public, no-transform'); return $text;
            case '/digest': $r->setHeader('Repr-Digest', 'sha-256=:AA==:'); return $text;
            case '/205': $r->setStatus(205); return $text;
            case '/404': $r->setStatus(404); return $text;
            case '/tag': $r->setHeader('ETag', '"v1"')->setHeader('Vary', 'Origin'); return $text;
            case '/weak': $r->setHeader('ETag', 'W/"v1"')->setHeader('Vary', '*'); return $text;
            case '/noise': return openssl_encrypt($text, 'aes-128-ctr', 'k', OPENSSL_RAW_DATA, str_repeat("\0", 16));
            case '/thrown': throw new Exception('not to be seen');
        }
    }
    PHP, server: 'new Sluice\Server(compression: new Sluice\Compression())');
$paths = ['small', 'small-declared', 'enough', 'unknown', 'png', 'svg', 'json', 'coded', 'range', 'range-png', '304', '416', 'no-transform', 'digest', '205', '404', 'tag', 'weak', 'noise', 'thrown'];
foreach ($paths as $path) {
    $seen = [];
    foreach (protocols() as $get) {
        $a = $get($server->url("/$path"), '-H', 'Accept-Encoding: gzip');
        $plain = $get($server->url("/$path"));
        $text = $a->header('content-encoding') === 'gzip' ? gzdecode($a->body) : $a->body;
        $original = $path === 'coded' ? gzdecode($plain->body) : $plain->body;
        $length = $a->header('content-length');
        $seen[] = "$a->status " . ($a->header('content-encoding') ?? 'plain') . ' vary ' . ($a->header('vary') ?? '-')
            . ', plain vary ' . ($plain->header('vary') ?? '-') . ($a->header('etag') ? " tag {$a->header('etag')}, plain {$plain->header('etag')}" : '')
            . ($length !== null && (int) $length !== strlen($a->body) ? ' WRONG LENGTH' : '') . ($text === $original && $a->exit === 0 ? '' : ' OTHER TEXT');
    }
    echo "$path: ", $seen[0], $seen[0] === $seen[1] ? '' : " BUT h2 $seen[1]", "\n";
}
$server->stop();
?>
--EXPECT--
small: 200 plain vary -, plain vary -
small-declared: 200 plain vary -, plain vary -
enough: 200 gzip vary Accept-Encoding, plain vary Accept-Encoding
unknown: 200 gzip vary Accept-Encoding, plain vary Accept-Encoding
png: 200 plain vary -, plain vary -
svg: 200 gzip vary Accept-Encoding, plain vary Accept-Encoding
json: 200 gzip vary Accept-Encoding, plain vary Accept-Encoding
coded: 200 gzip vary -, plain vary -
range: 206 plain vary Accept-Encoding, plain vary Accept-Encoding
range-png: 206 plain vary -, plain vary -
304: 304 plain vary Accept-Encoding, plain vary Accept-Encoding
416: 416 plain vary -, plain vary -
no-transform: 200 plain vary -, plain vary -
digest: 200 plain vary -, plain vary -
205: 205 plain vary -, plain vary -
404: 404 gzip vary Accept-Encoding, plain vary Accept-Encoding
tag: 200 gzip vary Origin, Accept-Encoding, plain vary Origin, Accept-Encoding tag W/"v1", plain "v1"
weak: 200 gzip vary *, plain vary * tag W/"v1", plain W/"v1"
noise: 200 plain vary Accept-Encoding, plain vary Accept-Encoding
thrown: 500 plain vary -, plain vary -
