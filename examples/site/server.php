<?php

declare(strict_types=1);

/*
 * A small site on HTTP and HTTPS: a page with its stylesheet, script and image, a large download that is made while it
 * is sent, and the server's own numbers as JSON, which the page shows live. A browser loads it over HTTP/2.
 *
 *     ./dev serve [HTTP port] [HTTPS port]
 *     php -d extension=target/release/libsluice.so examples/site/server.php [HTTP port] [HTTPS port]
 *     curl -k --limit-rate 1M 'https://localhost:8443/download?mib=1024' > /dev/null     # and watch the page
 *
 * The ports are 8080 and 8443 unless the arguments, or HTTP_PORT and HTTPS_PORT, say otherwise; 0 takes free ones. HOST
 * is the address to listen on, 127.0.0.1 if it is not set. With WATCH=1, as ./dev serve sets it, a changed file here
 * reloads the server. Ctrl-C finishes what runs, for ten seconds at most.
 */

use Sluice\{Request, Response, Server, Tls};

/** Every file that is served, by its URL: whatever a client asks for, no other file is opened. */
const ASSETS = [
    '/' => ['index.html', 'text/html; charset=utf-8'],
    '/style.css' => ['style.css', 'text/css; charset=utf-8'],
    '/app.js' => ['app.js', 'text/javascript; charset=utf-8'],
    '/sluice.svg' => ['sluice.svg', 'image/svg+xml'],
];

/** Sends a file, or 304 to a client that has it already (RFC 9110 section 13.1.2). */
function asset(Request $request, Response $response, string $file, string $type): ?string
{
    $content = file_get_contents(__DIR__ . "/public/$file");
    $tag = '"' . hash('xxh128', $content) . '"';
    $response->setHeader('ETag', $tag);
    $response->setHeader('Cache-Control', 'no-cache');
    $known = array_map(fn ($known) => preg_replace('~^W/~', '', trim($known)), explode(',', $request->getHeaderLine('If-None-Match')));
    if (in_array($tag, $known, true) || $known === ['*']) {
        $response->setStatus(304);
        return null;
    }
    $response->setHeader('Content-Type', $type);
    $response->setHeader('Content-Security-Policy', "default-src 'self'");
    $response->setHeader('X-Content-Type-Options', 'nosniff');
    return $content;
}

/** A file of 1 MiB to 10 GiB that exists nowhere: numbered lines of 64 bytes, made as fast as the client reads. */
function download(Request $request, Response $response): string|Generator
{
    $mib = filter_var($request->getQueryParams()['mib'] ?? 100, FILTER_VALIDATE_INT, ['options' => ['min_range' => 1, 'max_range' => 10240]]);
    if ($mib === false) {
        $response->setStatus(400)->setHeader('Content-Type', 'text/plain; charset=utf-8');
        return "mib is a whole number from 1 to 10240\n";
    }
    $response->setHeader('Content-Type', 'application/octet-stream');
    $response->setHeader('Content-Length', (string) ($mib << 20));
    $response->setHeader('Content-Disposition', "attachment; filename=\"water-$mib-mib.txt\"");
    return lines($mib << 14);
}

/** So many lines, in pieces of 16 KiB. */
function lines(int $count): Generator
{
    $wave = str_repeat('~', 50);
    for ($line = 0; $line < $count; $line += 256) {
        $piece = '';
        for ($i = 0; $i < 256; $i++) {
            $piece .= sprintf("%012d %s\n", $line + $i, $wave);
        }
        yield $piece;
    }
}

/** The server's numbers, and what this very request came by. */
function stats(Server $server, Request $request, Response $response): array
{
    $response->setHeader('Cache-Control', 'no-store');
    return $server->stats() + [
        'memory' => memory_get_usage(),
        'request' => ['protocol' => $request->getProtocolVersion(), 'tls' => $request->getTls()],
    ];
}

$server = new Server(watch: getenv('WATCH') ? [__DIR__] : null);
$server->handle(function (Request $request, Response $response) use ($server): mixed {
    if (!in_array($request->getMethod(), ['GET', 'HEAD'], true)) {
        $response->setStatus(405)->setHeader('Allow', 'GET, HEAD')->setHeader('Content-Type', 'text/plain; charset=utf-8');
        return "This site is for reading.\n";
    }
    $path = $request->getPath();
    if (isset(ASSETS[$path])) {
        return asset($request, $response, ...ASSETS[$path]);
    }
    if ($path === '/download') {
        return download($request, $response);
    }
    if ($path === '/stats') {
        return stats($server, $request, $response);
    }
    $response->setStatus(404)->setHeader('Content-Type', 'text/plain; charset=utf-8');
    return "There is nothing here.\n";
});

$host = getenv('HOST') ?: '127.0.0.1';
$ports = [$argv[1] ?? (getenv('HTTP_PORT') ?: '8080'), $argv[2] ?? (getenv('HTTPS_PORT') ?: '8443')];
try {
    $plain = $server->listen("$host:$ports[0]");
    $secure = $server->listen("$host:$ports[1]", Tls::selfSigned('localhost', '127.0.0.1'));
} catch (Sluice\Exception $exception) {
    fwrite(STDERR, $exception->getMessage() . "\n");
    exit(1);
}
echo str_replace('tcp://', 'http://', $plain), "\n", str_replace('tcp://', 'https://', $secure), "\n";
$server->start();
echo "stopped\n";
