<?php

namespace Sluice;

/**
 *     new Sluice\Server(timeouts: new Sluice\Timeouts(idle: 5.0, drain: 30.0));
 *
 * How long a server waits, in seconds: each 0.01 to 86400, unless said. A longer one lets a slow or silent client hold its
 * connection, and what hangs on it, for longer. Time in which a handler holds up the whole process does not count.
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

    /**
     * For the running requests to finish once the server stops: 0 to 86400. What still runs then gets a
     * {@see ServerException}.
     */
    public readonly float $drain;

    /**
     * How long a handler may take, from its call to the end of its response; 0: as long as it likes. Its next wait throws
     * {@see TimeoutException}; uncaught, the client gets 503, or a failed transfer where the response has begun. Event
     * streams may go on.
     */
    public readonly float $handler;

    /** How old a connection may get, less up to a tenth; 0: as old as it likes. It ends after what was begun. */
    public readonly float $age;

    /**
     * How many bytes per second a client has to send of a body that is waited for, and to take of a response, on the average
     * of each span of waiting twice as long as `body` or `write`: 0 (any) to 1000000. Its read or write throws
     * {@see TimeoutException}.
     */
    public readonly float $rate;

    /** @throws ConfigException One message that names every value out of bounds */
    public function __construct(
        float $handshake = 10.0,
        float $head = 15.0,
        float $idle = 60.0,
        float $body = 30.0,
        float $write = 30.0,
        float $drain = 10.0,
        float $handler = 0.0,
        float $age = 0.0,
        float $rate = 240.0,
    ) {}
}
