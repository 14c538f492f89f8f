<?php

/*
 * The server that conformance/run plays its suites against. Its timeouts are short, so that a client that says nothing is
 * not waited for. It prints where it listens: plain, TLS with a P-256 certificate, TLS with an RSA one.
 *
 *     php -d extension=target/release/libsluice.so conformance/server.php <folder with the certificates>
 */

[, $folder] = $argv;
$server = new Sluice\Server(timeouts: new Sluice\Timeouts(handshake: 2, head: 2, idle: 5, body: 2, write: 5));
$server->handle(function (Sluice\Request $request, Sluice\Response $response) {
    $request->getBody();
    // What testssl.sh wants of a site is the site's to say.
    $response->setHeader('Strict-Transport-Security', 'max-age=31536000; includeSubDomains')
        ->setHeader('Content-Security-Policy', "default-src 'self'")
        ->setHeader('X-Content-Type-Options', 'nosniff')
        ->setHeader('X-Frame-Options', 'DENY')
        ->setHeader('Referrer-Policy', 'no-referrer');
    return match ($request->getPath()) {
        '/long' => str_repeat('sluice ', 100_000),
        default => 'hello',
    };
});
echo $server->listen('tcp://127.0.0.1:0'), "\n";
foreach (['p256', 'rsa'] as $kind) {
    echo $server->listen('tcp://127.0.0.1:0', new Sluice\Tls("$folder/$kind.pem", "$folder/$kind.key")), "\n";
}
$server->start();
