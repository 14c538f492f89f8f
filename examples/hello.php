<?php

/*
 * The smallest server: one address, one closure.
 *
 *     php -d extension=target/release/libsluice.so examples/hello.php [address]
 *     curl 'http://127.0.0.1:8080/?name=you'
 *
 * Ctrl-C finishes the requests that run, and start() returns.
 */

$server = new Sluice\Server();
$server->handle(fn (Sluice\Request $request) => 'Hello, ' . htmlspecialchars($request->getQueryParams()['name'] ?? 'world') . "!\n");
echo "listening {$server->listen($argv[1] ?? '127.0.0.1:8080')}\n";
$server->start();
