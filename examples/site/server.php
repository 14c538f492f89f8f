<?php

declare(strict_types=1);

/*
 * A small site on HTTP and HTTPS: the files of public/, which the server answers with by itself, a large download that is
 * made while it is sent, and the server's own numbers as JSON, which the page shows live. A browser loads it over HTTP/2.
 *
 *     ./dev serve [HTTP port] [HTTPS port]
 *     php -d extension=target/release/libsluice.so examples/site/server.php [HTTP port] [HTTPS port]
 *     curl -k --limit-rate 1M 'https://localhost:8443/download?mib=1024' > /dev/null     # and watch the page
 *
 * The ports are 8080 and 8443 unless the arguments, or HTTP_PORT and HTTPS_PORT, say otherwise; 0 takes free ones. HOST
 * is the address to listen on, 127.0.0.1 if it is not set. With WATCH=1, as ./dev serve sets it, a changed file here
 * reloads the server. Ctrl-C finishes what runs, for ten seconds at most.
 */

use Sluice\{Compression, Files, Request, Response, Server, Tls};

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

$server = new Server(watch: getenv('WATCH') ? [__DIR__] : null, compression: new Compression());
$server->mount(new Files(__DIR__ . '/public', cacheControl: 'no-cache'));
$server->handle(function (Request $request, Response $response) use ($server): mixed {
    if (!in_array($request->getMethod(), ['GET', 'HEAD'], true)) {
        $response->setStatus(405)->setHeader('Allow', 'GET, HEAD')->setHeader('Content-Type', 'text/plain; charset=utf-8');
        return "This site is for reading.\n";
    }
    switch ($request->getPath()) {
        case '/download':
            return download($request, $response);
        case '/stats':
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
