<?php

namespace Sluice;

/**
 *     new Sluice\Server(timeouts: new Sluice\Timeouts(idle: 5.0, drain: 30.0));
 *
 * How long a server waits for a client, in seconds: each 0.01 to 86400, `drain` 0 to 86400. A longer one lets a slow or
 * silent client hold its connection, and what hangs on it, for longer.
 */
final class Timeouts
{
    /** From the connection to the end of the TLS handshake. The connection is closed. */
    public readonly float $handshake;

    /** From the first byte of a request head to its last. The client gets 408 where it can still be told. */
    public readonly float $head;

    /** Between two requests of a connection. The connection is closed. */
    public readonly float $idle;

    /** The longest pause in a request body that a handler waits for. Its read throws {@see TimeoutException}. */
    public readonly float $body;

    /**
     * How long a client may take nothing of a response. The response is aborted, and a write that waits throws
     * {@see TimeoutException}.
     */
    public readonly float $write;

    /** For the running requests to finish once the server stops. What still runs then gets a {@see ServerException}. */
    public readonly float $drain;

    /** @throws ConfigException One message that names every value out of bounds */
    public function __construct(
        float $handshake = 10.0,
        float $head = 15.0,
        float $idle = 60.0,
        float $body = 30.0,
        float $write = 30.0,
        float $drain = 10.0,
    ) {}
}
