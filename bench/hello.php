<?php

declare(strict_types=1);

/*
 * The least server that bench/run starts, to see how long a start takes.
 *
 *     php -n -d extension=target/release/libsluice.so bench/hello.php
 *
 * Prints "plain tcp://..." with the real port and serves until SIGTERM.
 */

$server = new Sluice\Server();
$server->handle(function (Sluice\Request $request, Sluice\Response $response): void {
    $response->setHeader('Content-Type', 'text/plain');
    $response->end('Hello, World!');
});
echo 'plain ', $server->listen('127.0.0.1:0'), "\n";
$server->start();
