<?php

namespace Sluice;

/**
 *     $server = new Sluice\Server();
 *     $server->listen('tcp://127.0.0.1:8080');
 *     $server->handle(fn (Sluice\Request $request) => "Hello, {$request->getPath()}\n");
 *     $server->start();
 *
 * An HTTP/1.1, HTTP/2 and TLS server in this PHP process, or in worker processes under its supervision. Each request's
 * handler runs in a fiber of its own; one that waits holds up no other of its process.
 */
final class Server
{
    /**
     *     new Server();                                              // in this process
     *     new Server(workers: Server::cpuCount());                   // a process per processor, supervised by this one
     *     new Server(workers: 4, maxRequests: 100_000, maxMemory: 256 << 20);
     *     new Server(watch: ['src', 'public']);                      // reloads when a file there changes
     *
     * With more than one worker, with `supervise` or with `watch`, start() makes this process a supervisor. It runs no
     * PHP code while it is one: it starts the workers, replaces those that die, and reloads. What is loaded before
     * start() is shared by all workers; what they must not share, such as a database connection, is opened in
     * onStart().
     *
     * @param int $workers How many worker processes: 1 to 1024
     * @param ?Limits $limits null takes the defaults of {@see Limits}; each worker has them for itself
     * @param ?Timeouts $timeouts null takes the defaults of {@see Timeouts}
     * @param bool $supervise Whether one worker runs under a supervisor too, to be replaced and reloaded
     * @param ?int $maxRequests After how many requests a worker is replaced: 1 or more; each draws a number up to a
     *     tenth below it, so that not all go at once. null: never
     * @param ?int $maxMemory Above how many bytes of PHP memory, as memory_get_usage(true) says after a request, a worker
     *     is replaced: 2 MiB or more. null: never
     * @param ?string $pidFile A file that holds the pid of this process from start() to its return. One that is left of a
     *     process that is gone is replaced
     * @param ?array<string> $watch Folders, with all that is in them, and files that reload the server when they change:
     *     for development
     * @param ?string $serverHeader What the Server header of every response says, unless its handler sets one; null: there
     *     is none. A request that cannot be parsed is answered without
     * @param ?Uploads $uploads null takes the defaults of {@see Uploads}
     * @param ?Compression $compression Which responses are compressed. null: none
     * @param bool $inflate Whether a handler reads a request body without the gzip, deflate, br or zstd that its
     *     Content-Encoding names, and without that header and Content-Length. {@see Limits::$body} bounds it both as it
     *     comes and inflated
     * @throws ConfigException A value is out of bounds, a path to watch does not exist, or a limit needs a supervisor; the
     *     message lists every mistake
     */
    public function __construct(
        int $workers = 1,
        ?Limits $limits = null,
        ?Timeouts $timeouts = null,
        bool $supervise = false,
        ?int $maxRequests = null,
        ?int $maxMemory = null,
        ?string $pidFile = null,
        ?array $watch = null,
        ?string $serverHeader = null,
        ?Uploads $uploads = null,
        ?Compression $compression = null,
        bool $inflate = true,
    ) {}

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
     *     $server->mount(new Files('public'))->mount(new Files('/srv/uploads', prefix: '/uploads', fallback: false));
     *
     * Answers the paths below a prefix with the files of a folder, and does not enter PHP for it. Of several mounts the one
     * with the longest prefix answers. The folder is the one that its path leads to when a worker starts.
     *
     * @return Server This server
     * @throws ConfigException Another mount has the same prefix
     * @throws StateException The server has been started
     */
    public function mount(Files $files): Server {}

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
     *     $server->onStart(function () use (&$db) {
     *         $db = new PDO('pgsql:dbname=app');
     *     });
     *
     * Sets what is called in each worker before it accepts connections, and in this process if there are no workers. What
     * it throws is thrown by start(); in a worker that starts later it is logged, and the start is tried again.
     *
     * @param callable(): void $callback
     * @return Server This server
     * @throws StateException The server has been started
     */
    public function onStart(callable $callback): Server {}

    /**
     * Sets what is called in each worker after its drain, when no handler runs any more, and in this process if there are
     * no workers. A worker that is killed, or meets a fatal error here, does not get to it.
     *
     * @param callable(): void $callback
     * @return Server This server
     * @throws StateException The server has been started
     */
    public function onStop(callable $callback): Server {}

    /**
     * Serves until the server is stopped by stop(), SIGTERM or SIGINT, and returns when it is. A second signal ends at
     * once what still runs. When something was cut off, the exit status of the script will be 1 unless it says another.
     *
     * With workers this process supervises: SIGHUP reloads, SIGQUIT ends at once, a worker that dies is replaced, at once
     * the first time and after longer and longer pauses when it dies again and again. Destructors of objects made before
     * start(), and functions registered to run at the end, run in this process only. The workers are killed when this
     * process ends, whatever ends it.
     *
     * @throws StateException Nothing is listened on, no handler is set, the server has been started before, another one
     *     runs in this process, the call is made in a fiber, or PHP is not run from the command line
     * @throws ServerException A worker could not start, with the first reason; nothing is left running then. Or the pid
     *     file belongs to another process, {@see Uploads}' directory takes no files, the root of a mount cannot be
     *     opened, or the operating system refuses what the server needs
     */
    public function start(): void {}

    /**
     * Stops accepting, lets the running requests finish, and makes start() return. Returns at once; to be called from a
     * handler too, where it stops all workers. Requests that still run when the time is over get a ServerException at
     * their next wait.
     *
     * @param ?float $grace Seconds for the running requests: 0 to a year; null takes {@see Timeouts::$drain}
     * @throws ConfigException $grace is out of bounds
     * @throws StateException The server does not run
     */
    public function stop(?float $grace = null): void {}

    /**
     *     $server->handle(fn (Request $request) => $request->getPath() === '/deployed' ? $server->reload() : …);
     *
     * Starts the program afresh: a new PHP process runs the script again, with new code and a new php.ini, on the same
     * sockets. When all its workers are ready, those of the old code finish what they have begun and end; no connection is
     * refused. When it fails, the old ones go on, and the log says why. Returns at once. SIGHUP does the same.
     *
     * @throws StateException The server does not run, or has no supervisor
     */
    public function reload(): void {}

    /**
     *     $server->reloadCertificates();
     *
     * Reads the files of all certificates again, in all workers: what they hold serves from now on if it is good.
     * Connections that are there go on. It happens by itself when the files change, and on SIGHUP.
     *
     * @throws TlsException What the files hold is not good, by listener; the certificates of before serve on
     */
    public function reloadCertificates(): void {}

    /** How many processors this process may use, by its affinity and its cgroup: 1 or more. */
    public static function cpuCount(): int {}

    /**
     *     $ring = $server->stats()['listeners'][0]['ring'];
     *     echo "{$ring['highWater']} of {$ring['capacity']} bytes used, {$ring['waits']} waits\n";
     *
     * Counts since the start of the server, over all workers that it has had: they never go back, in a reload neither. Any
     * worker answers for all. `restarts` says how many workers have died and were replaced; a worker's `requests` are those
     * that its handlers have answered, its `memory` is PHP's, in bytes. Of a listener, `open` and `active` are of this
     * moment, `highWater` is the largest value seen; all bytes are those on the wire. `ring` is null on a plain listener.
     * `timeouts` and `limits` say how often each of them struck; `resets` and `floods` are HTTP/2 connections that were ended
     * because their clients had too many streams reset before these were answered, or sent too many frames that bring nothing,
     * headers or tiny windows.
     *
     * @return array{
     *     uptime: float,
     *     workers: list<array{
     *         pid: int,
     *         state: 'starting'|'ready'|'draining',
     *         generation: int,
     *         uptime: float,
     *         requests: int,
     *         memory: int
     *     }>,
     *     restarts: int,
     *     reloads: int,
     *     listeners: list<array{
     *         address: string,
     *         tls: bool,
     *         connections: array{accepted: int, open: int, refused: int},
     *         handshakes: array{ok: int, failed: int},
     *         requests: array{'1.0': int, '1.1': int, '2': int, active: int, refused: int},
     *         bytes: array{in: int, out: int},
     *         ring: null|array{capacity: int, highWater: int, handshakeHighWater: int, waits: int},
     *         timeouts: array{
     *             handshake: int,
     *             head: int,
     *             idle: int,
     *             body: int,
     *             write: int,
     *             handler: int,
     *             age: int,
     *             rate: int
     *         },
     *         limits: array{
     *             body: int,
     *             head: int,
     *             headers: int,
     *             target: int,
     *             connections: int,
     *             connectionsPerAddress: int,
     *             queue: int,
     *             resets: int,
     *             floods: int
     *         }
     *     }>
     * }
     */
    public function stats(): array {}
}
