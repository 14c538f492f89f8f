<?php

namespace Sluice;

/**
 *     new Sluice\Server(limits: new Sluice\Limits(body: 100 * 1024 * 1024, connections: 2000));
 *
 * How much a server takes in, per worker. Past a limit the client gets the status named below, and the handler is not
 * called.
 */
final class Limits
{
    /**
     * Largest request body in bytes: 0 to 1099511627776 (1 TiB); 413 or {@see BodyTooLargeException}. getBody() can
     * make a handler hold this much; read() holds one piece.
     */
    public readonly int $body;

    /**
     * Largest request head in bytes: 8192 to 1048576; 431. Each connection that is sending a head can hold this much.
     */
    public readonly int $head;

    /** Most header lines of a request: 1 to 1000; 431. */
    public readonly int $headers;

    /** Longest request target in bytes: 64 to `head`; 414. */
    public readonly int $target;

    /**
     * Most connections at a time: 1 to 1000000; further ones are closed. Each needs a file descriptor (`ulimit -n`).
     */
    public readonly int $connections;

    /** Most concurrent streams of an HTTP/2 connection: 1 to 10000. One client can have this many handlers running. */
    public readonly int $streams;

    /**
     * Most connections at a time of one client address, of one IPv6 network of 64 bits: 0 to 1000000; further ones are
     * closed, on a plain listener after a 503. 0 sets no such limit: behind a proxy all clients have its address.
     */
    public readonly int $connectionsPerAddress;

    /** Most requests that handlers work on at a time: 1 to 1000000; further ones wait. What a mount answers is not one. */
    public readonly int $requests;

    /** Most requests that wait for a handler: 0 to 1000000; 503 with Retry-After. */
    public readonly int $queue;

    /**
     * Most streams of an HTTP/2 connection that may be reset before they are answered, at once and again in each minute:
     * 1 to 100000; GOAWAY. Answered streams allow more.
     */
    public readonly int $resets;

    /**
     * Most TLS handshakes at a time: 1 to 1000000. Further clients wait for their turn, no longer than
     * {@see Timeouts::$handshake} in all.
     */
    public readonly int $handshakes;

    /** @throws ConfigException One message that names every value out of bounds */
    public function __construct(
        int $body = 16777216,
        int $head = 32768,
        int $headers = 100,
        int $target = 8192,
        int $connections = 10000,
        int $streams = 128,
        int $connectionsPerAddress = 1000,
        int $requests = 10000,
        int $queue = 1000,
        int $resets = 200,
        int $handshakes = 1000,
    ) {}
}
