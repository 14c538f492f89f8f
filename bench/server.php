<?php

declare(strict_types=1);

/*
 * The Sluice server that bench/run measures, with the same answers as bench/reference and bench/fpm/index.php.
 *
 *     php -d extension=target/release/libsluice.so bench/server.php --cert=cert.pem --key=key.pem [--ring=34816]
 *         [--rsa-cert=rsa.pem --rsa-key=rsa.key, for rsa.localhost] [--plain=127.0.0.1:0] [--tls=127.0.0.1:0] [--files=DIRECTORY --spool=DIRECTORY]
 *         [--rows=FILE]
 *
 * With --files it also serves that directory below /files, answers its data.json by the handler, compressed, and takes
 * in uploads, which it puts down in --spool: what bench/fpm/nginx.conf.in does.
 *
 * --rows is a PHP file that returns the rows of /json. /delay waits, /waiting tells how many requests do.
 *
 * Prints "plain tcp://..." and "tls tcp://..." with the real ports and serves until SIGTERM.
 */

use Sluice\Compression;
use Sluice\Files;
use Sluice\Limits;
use Sluice\Request;
use Sluice\Response;
use Sluice\Server;
use Sluice\Tls;
use Sluice\Uploads;

const PIECES = 640;
const DELAY_SECONDS = 60; // so long that ten thousand have come before the first is over
const HEADERS = [
    'Accept', 'Accept-Encoding', 'Accept-Language', 'Authorization', 'Cookie',
    'Origin', 'Referer', 'Traceparent', 'User-Agent', 'X-Request-Id',
];

$options = getopt('', ['cert:', 'key:', 'rsa-cert:', 'rsa-key:', 'ring:', 'plain:', 'tls:', 'files:', 'spool:', 'rows:']);
if (!isset($options['cert'], $options['key'])) {
    fwrite(STDERR, "usage: server.php --cert=FILE --key=FILE [--ring=BYTES] [--plain=ADDRESS] [--tls=ADDRESS]\n");
    exit(2);
}
$tls = isset($options['ring'])
    ? new Tls($options['cert'], $options['key'], ring: (int) $options['ring'])
    : new Tls($options['cert'], $options['key']);
if (isset($options['rsa-cert'], $options['rsa-key'])) {
    $tls = $tls->with('rsa.localhost', $options['rsa-cert'], $options['rsa-key']);
}

$piece = str_repeat("\0", 16384);
$end64k = str_repeat("\0", 65536);
$rows = isset($options['rows']) ? require $options['rows'] : [];
$waiting = 0;

if (isset($options['files'])) {
    $document = file_get_contents("{$options['files']}/data.json");
    $server = new Server(
        limits: new Limits(body: 64 << 20, connectionsPerAddress: 0),
        compression: new Compression(codings: ['gzip'], gzipLevel: 6),
        uploads: new Uploads(directory: $options['spool'] ?? null),
    );
    $server->mount(new Files(root: $options['files'], prefix: '/files', fallback: false));
} else {
    $document = '';
    // All clients have one address, and there can be ten thousand of them and some more.
    $server = new Server(limits: new Limits(connections: 20_000, connectionsPerAddress: 0, requests: 20_000));
}

$server->handle(function (Request $request, Response $response) use ($piece, $end64k, $document, $rows, &$waiting): void {
    switch ($request->getPath()) {
        case '/hello':
            $response->setHeader('Content-Type', 'text/plain');
            $response->end('Hello, World!');
            return;
        case '/stream':
            $response->setHeader('Content-Type', 'text/plain');
            for ($i = 0; $i < PIECES; $i++) {
                $response->write($piece);
            }
            $response->end();
            return;
        case '/end64k':
            $response->setHeader('Content-Type', 'text/plain');
            $response->end($end64k);
            return;
        case '/json':
            $length = 0;
            foreach (HEADERS as $name) {
                $length += strlen($request->getHeaderLine($name));
            }
            $response->json(['headers' => $length, 'rows' => $rows]);
            return;
        case '/delay':
            $waiting++;
            try {
                Sluice\delay(DELAY_SECONDS);
            } finally {
                $waiting--;
            }
            $response->setHeader('Content-Type', 'text/plain');
            $response->end('Hello, World!');
            return;
        case '/waiting':
            $response->setHeader('Content-Type', 'text/plain');
            $response->end((string) $waiting);
            return;
        case '/data.json':
            $response->setHeader('Content-Type', 'application/json');
            $response->end($document);
            return;
        case '/upload':
            $file = $request->getUploadedFiles()['file'] ?? null;
            $response->setStatus($file?->getError() === UPLOAD_ERR_OK ? 200 : 400);
            $response->setHeader('Content-Type', 'text/plain');
            $response->end((string) $file?->getSize());
            return;
        default:
            $response->setStatus(404);
    }
});

echo 'plain ', $server->listen($options['plain'] ?? '127.0.0.1:0'), "\n";
echo 'tls ', $server->listen($options['tls'] ?? '127.0.0.1:0', $tls), "\n";
$server->start();
