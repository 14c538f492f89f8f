<?php

declare(strict_types=1);

/*
 * An upload of any size is hashed as it streams in. read() gives a piece at a time, and what is not read holds the
 * client back, so memory does not grow with the upload. Limits allows it: the default is 16 MiB.
 *
 *     php -d extension=target/release/libsluice.so examples/upload-hash.php [address]
 *     curl -T large.iso http://127.0.0.1:8080/
 *
 * Ctrl-C ends it; uploads that run have ten seconds to finish.
 */

use Sluice\{Limits, Request, Response, Server, TimeoutException};

$server = new Server(limits: new Limits(body: 100 * 2 ** 30));
$server->handle(function (Request $request, Response $response) {
    if (!in_array($request->getMethod(), ['PUT', 'POST'], true)) {
        $response->setStatus(405)->setHeader('Allow', 'PUT, POST')->setHeader('Content-Type', 'text/plain');
        return "Send a file: curl -T file http://{$request->getHost()}/\n";
    }
    $hash = hash_init('sha256');
    $bytes = 0;
    try {
        while (($piece = $request->read()) !== null) {
            hash_update($hash, $piece);
            $bytes += strlen($piece);
        }
    } catch (TimeoutException) {
        return $response->json(['error' => 'the upload has stalled', 'received' => $bytes], 408);
    }
    return ['bytes' => $bytes, 'sha256' => hash_final($hash)];
});
echo "listening {$server->listen($argv[1] ?? '127.0.0.1:8080')}\n";
$server->start();
printf("stopped; PHP used %.1f MiB at most\n", memory_get_peak_usage() / 2 ** 20);
