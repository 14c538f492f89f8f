<?php

declare(strict_types=1);

/*
 * The server that soak/run puts under load, stops, kills and loads again.
 *
 *     php -d extension=target/release/libsluice.so soak/server.php --cert=cert.pem --key=key.pem [--workers=2]
 *         [--drain=10] [--patience=15]
 *
 * Prints "plain tcp://..." and "tls tcp://..." with the real ports and serves until SIGTERM. --drain is the timeout of
 * that name in seconds, --patience those of a handshake and of a head.
 *
 * Every answer says in X-Version which code made it, and in X-Pid which process. A request with ?id= is told to
 * standard error when its handler runs.
 */

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

$options = getopt('', ['cert:', 'key:', 'workers:', 'drain:', 'patience:']) + ['workers' => 1, 'drain' => 10, 'patience' => 15];
if (!isset($options['cert'], $options['key'])) {
    fwrite(STDERR, "usage: server.php --cert=FILE --key=FILE [--workers=N] [--drain=SECONDS] [--patience=SECONDS]\n");
    exit(2);
}
$patience = (float) $options['patience'];
$timeouts = new Timeouts(handshake: $patience, head: $patience, drain: (float) $options['drain']);
$server = (int) $options['workers'] === 1
    ? new Server(timeouts: $timeouts)
    : new Server(workers: (int) $options['workers'], timeouts: $timeouts);

$server->handle(function (Request $request, Response $response) use ($server): mixed {
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
        case '/memory':
            return str_repeat('x', 1 << 40);
        default:
            $response->setStatus(404);
            return null;
    }
});

echo 'plain ', $server->listen('tcp://127.0.0.1:0'), "\n";
echo 'tls ', $server->listen('tcp://127.0.0.1:0', new Tls($options['cert'], $options['key'])), "\n";
$server->start();
