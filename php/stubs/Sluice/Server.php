<?php

namespace Sluice;

/**
 *     $server = new Sluice\Server();
 *     $server->listen('tcp://127.0.0.1:8080');
 *     $server->handle(fn (Sluice\Request $request) => "Hello, {$request->getPath()}\n");
 *     $server->start();
 *
 * An HTTP/1.1, HTTP/2 and TLS server in this PHP process. Each request's handler runs in a fiber of its own; one that
 * waits holds up no other.
 */
final class Server
{
    /** Without arguments the defaults of {@see Limits} and {@see Timeouts} hold. */
    public function __construct(?Limits $limits = null, ?Timeouts $timeouts = null) {}

    /**
     *     $server->listen('127.0.0.1:8080');                    // plain HTTP/1.1, and HTTP/2 by prior knowledge
     *     $server->listen('[::1]:8443', Tls::selfSigned());     // HTTPS: ALPN chooses HTTP/2 or HTTP/1.1
     *     $server->listen('unix:///run/app.sock');
     *     $server->listen('unix:///run/app.sock?mode=0660&owner=app&group=www-data');
     *     $server->listen('systemd://http');                    // a socket that systemd hands over, by its name or place
     *     $address = $server->listen('tcp://127.0.0.1:0');      // "tcp://127.0.0.1:43211"
     *
     * Binds at once: clients can connect from now on and are served from start() on. The host is an IP address or
     * `localhost`, which is 127.0.0.1; port 0 lets the system choose. A stale socket file is replaced, one in use is
     * not. The parameters of a path are its file's mode (octal), owner and group (names or numbers), set before anyone
     * can connect; each may be left out, and the path itself has no `?`.
     *
     * A socket that systemd hands over is taken instead of a new one where it is bound to the very address, or by its
     * name or place. The first call takes the variables that announce them out of the environment.
     *
     * @return string The address really bound, with its scheme and port, without parameters
     * @throws BindException The address does not parse, is in use, or may not be bound; an owner or a group is unknown
     *     or may not be set; systemd hands over no such socket
     * @throws StateException The server has been started
     */
    public function listen(string $address, ?Tls $tls = null): string {}

    /**
     *     $server->handle(function (Request $request, Response $response) {
     *         $response->setHeader('Content-Type', 'text/plain');
     *         return 'Hello';
     *     });
     *
     * Sets what answers requests. What the handler returns is sent: a string as the body; an iterable of strings piece
     * by piece; an array or a JsonSerializable as JSON; null leaves the response as the handler made it.
     *
     * @param callable(Request, Response): mixed $handler
     * @return Server This server
     * @throws StateException The server has been started
     */
    public function handle(callable $handler): Server {}

    /**
     *     $server->onError(function (\Throwable $error, Request $request, Response $response) {
     *         $response->json(['error' => 'out of order'], 500);
     *     });
     *
     * Sets what answers when the handler throws before its response is committed. Without it the client gets 500 and
     * the error goes to standard error in one line. After the commit the response is aborted instead.
     *
     * @param callable(\Throwable, Request, Response): void $handler
     * @return Server This server
     * @throws StateException The server has been started
     */
    public function onError(callable $handler): Server {}

    /**
     * Serves until the server is stopped by stop(), SIGTERM or SIGINT, and returns when it is. A second signal ends at
     * once what still runs.
     *
     * @throws StateException Nothing is listened on, no handler is set, the server has been started before, another one
     *     runs in this process, the call is made in a fiber, or PHP is not run from the command line
     * @throws ServerException The operating system refuses what the server needs
     */
    public function start(): void {}

    /**
     * Stops accepting, lets the running requests finish, and makes start() return. Returns at once; to be called from a
     * handler too. Requests that still run when the time is over get a ServerException at their next wait.
     *
     * @param ?float $grace Seconds for the running requests: 0 to a year; null takes {@see Timeouts::$drain}
     * @throws ConfigException $grace is out of bounds
     */
    public function stop(?float $grace = null): void {}

    /**
     *     $ring = $server->stats()['listeners'][0]['ring'];
     *     echo "{$ring['highWater']} of {$ring['capacity']} bytes used, {$ring['waits']} waits\n";
     *
     * Counts since listen(). `open` and `active` are of this moment, `highWater` is the largest value seen; all bytes
     * are those on the wire. `ring` is null on a plain listener.
     *
     * @return array{
     *     uptime: float,
     *     listeners: list<array{
     *         address: string,
     *         tls: bool,
     *         connections: array{accepted: int, open: int, refused: int},
     *         handshakes: array{ok: int, failed: int},
     *         requests: array{'1.0': int, '1.1': int, '2': int, active: int, refused: int},
     *         bytes: array{in: int, out: int},
     *         ring: null|array{capacity: int, highWater: int, handshakeHighWater: int, waits: int},
     *         timeouts: array{handshake: int, head: int, idle: int, body: int, write: int}
     *     }>
     * }
     */
    public function stats(): array {}
}
