<?php

declare(strict_types=1);

/*
 * The server that soak/run puts under load, stops, kills and loads again.
 *
 *     php -d extension=target/release/libsluice.so soak/server.php --cert=cert.pem --key=key.pem [--workers=2]
 *         [--drain=10] [--patience=15] [--idle=60] [--connections=10000] [--files=FOLDER]
 *
 * Prints "plain tcp://..." and "tls tcp://..." with the real ports and serves until SIGTERM. --drain is the timeout of
 * that name in seconds, --patience those of a handshake and of a head, --idle that of its name; --connections is the
 * limit. --files is a folder that is mounted at /files and that /send sends from.
 *
 * Every answer says in X-Version which code made it, and in X-Pid which process. A request with ?id= is told to
 * standard error when its handler runs.
 */

use Sluice\Compression;
use Sluice\Files;
use Sluice\Limits;
use Sluice\Request;
use Sluice\Response;
use Sluice\Server;
use Sluice\Timeouts;
use Sluice\Tls;

/** soak/run writes another number here before each reload. */
const VERSION = 0;

/** Bodies whose every byte depends on its position: the SHA-512 of 0, of 1, of 2 ... as numbers of 64 bits. */
final class Body
{
    private const BLOCK = 64;
    private const PIECE = 65536;

    /** @var list<string> the pieces that were needed so far */
    private static array $pieces = [];

    public static function of(int $length): string
    {
        $body = '';
        for ($number = 0; strlen($body) < $length; $number++) {
            $body .= self::piece($number);
        }
        return substr($body, 0, $length);
    }

    private static function piece(int $number): string
    {
        if (!isset(self::$pieces[$number])) {
            $piece = '';
            $blocks = intdiv(self::PIECE, self::BLOCK);
            for ($block = $number * $blocks; strlen($piece) < self::PIECE; $block++) {
                $piece .= hash('sha512', pack('J', $block), true);
            }
            self::$pieces[$number] = $piece;
        }
        return self::$pieces[$number];
    }
}

$options = getopt('', ['cert:', 'key:', 'workers:', 'drain:', 'patience:', 'idle:', 'connections:', 'files:'])
    + ['workers' => 1, 'drain' => 10, 'patience' => 15, 'idle' => 60, 'connections' => 10000];
if (!isset($options['cert'], $options['key'])) {
    fwrite(STDERR, "usage: server.php --cert=FILE --key=FILE [--workers=N] [--drain=SECONDS] [--patience=SECONDS]\n");
    exit(2);
}
$patience = (float) $options['patience'];
$server = new Server(
    workers: (int) $options['workers'],
    limits: new Limits(connections: (int) $options['connections'], connectionsPerAddress: 0),
    timeouts: new Timeouts(handshake: $patience, head: $patience, idle: (float) $options['idle'], drain: (float) $options['drain']),
    compression: new Compression(),
);
if (isset($options['files'])) {
    $server->mount(new Files($options['files'], '/files'));
}

$server->handle(function (Request $request, Response $response) use ($server, $options): mixed {
    $response->setHeader('Content-Type', 'text/plain');
    $response->setHeader('X-Version', (string) VERSION);
    $response->setHeader('X-Pid', (string) getmypid());
    $query = $request->getQueryParams();
    if (isset($query['id'])) {
        fwrite(STDERR, "handling {$query['id']}\n");
    }
    switch ($request->getPath()) {
        case '/hello':
            return 'Hello, World!';
        case '/who':
            return VERSION . ' ' . getmypid();
        case '/stats':
            return $server->stats();
        case '/body':
            // ?n= bytes at once, or written ?by= so many, with a ?pause= in seconds between the pieces.
            $body = Body::of((int) $query['n']);
            if (!isset($query['by'])) {
                return $body;
            }
            foreach (str_split($body, (int) $query['by']) as $piece) {
                $response->write($piece);
                if (isset($query['pause'])) {
                    Sluice\delay((float) $query['pause']);
                }
            }
            $response->end();
            return null;
        case '/upload':
            $hash = hash_init('sha256');
            while (($piece = $request->read()) !== null) {
                hash_update($hash, $piece);
            }
            return hash_final($hash);
        case '/wait':
            Sluice\delay((float) $query['s']);
            return Body::of((int) $query['n']);
        case '/block':
            usleep((int) ($query['ms'] * 1000));
            return 'blocked';
        case '/work':
            // Enough processor time that the client needs little beside it.
            $sum = '';
            for ($i = 0; $i < 2000; $i++) {
                $sum = md5($sum . $i);
            }
            return $sum;
        case '/json':
            return ['time' => 1, 'list' => range(1, 50), 'request' => $request->getHeaders()];
        case '/generator':
            return (function () {
                for ($line = 1; $line <= 200; $line++) {
                    yield "line $line of two hundred\n";
                }
            })();
        case '/events':
            $events = $response->events();
            for ($event = 0; $event < 5; $event++) {
                $events->send("event $event", event: 'count', id: (string) $event);
            }
            $events->close();
            return null;
        case '/send':
            $response->sendFile("{$options['files']}/{$query['name']}");
            return null;
        case '/throw':
            throw new LogicException('asked for');
        case '/abort':
            $response->write('partial');
            $response->abort();
            return null;
        case '/usage':
            gc_collect_cycles();
            return (string) memory_get_usage();
        case '/memory':
            return str_repeat('x', 1 << 40);
        default:
            $response->setStatus(404);
            return null;
    }
});

$server->onError(function (Throwable $error, Request $request, Response $response) {
    if ($error->getMessage() !== 'asked for') {
        fwrite(STDERR, "$error\n");
    }
    $response->setStatus(500)->end("failed\n");
});

echo 'plain ', $server->listen('tcp://127.0.0.1:0'), "\n";
echo 'tls ', $server->listen('tcp://127.0.0.1:0', new Tls($options['cert'], $options['key'])), "\n";
$server->start();
