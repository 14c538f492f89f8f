<?php

/*
 * The smallest server: one address, one closure.
 *
 *     php -d extension=target/release/libsluice.so examples/hello.php [address]
 *     curl http://127.0.0.1:8080/
 *
 * Ctrl-C: no new connections, the requests that run are finished, start() returns.
 */

$server = new Sluice\Server();
$server->handle(fn (Sluice\Request $request) => "Hello over HTTP/{$request->getProtocolVersion()}!\n");
echo "listening {$server->listen($argv[1] ?? '127.0.0.1:8080')}\n";
$server->start();
