<?php

declare(strict_types=1);

/*
 * A CSV export of a million rows, made while it is sent: the handler returns a generator, which runs only as fast as
 * the client reads. Memory stays the same for ten rows and for ten million.
 *
 *     php -d extension=target/release/libsluice.so examples/csv-export.php [address]
 *     curl 'http://127.0.0.1:8080/?rows=1000000' > orders.csv
 *     curl --limit-rate 1M 'http://127.0.0.1:8080/' > orders.csv      # the generator waits for a slow client
 *
 * Ctrl-C ends it; exports that run have ten seconds to finish.
 */

use Sluice\{Request, Response, Server};

/** Stands for a database cursor: one row at a time, never all of them. */
function orders(int $count): Generator
{
    for ($id = 1; $id <= $count; $id++) {
        yield [$id, 'customer-' . $id % 997, number_format($id * 37 % 100_000 / 100, 2, '.', '')];
    }
}

/** Rows as CSV in pieces of about 8 KiB: fewer, larger writes cost less than a million small ones. */
function csv(iterable $rows): Generator
{
    $piece = "id,customer,total\n";
    foreach ($rows as $row) {
        $piece .= implode(',', $row) . "\n";
        if (strlen($piece) >= 8192) {
            yield $piece;
            $piece = '';
        }
    }
    yield $piece;
}

$server = new Server();
$server->handle(function (Request $request, Response $response) {
    $rows = filter_var($request->getQueryParams()['rows'] ?? 1_000_000, FILTER_VALIDATE_INT, ['options' => ['min_range' => 0]]);
    if ($rows === false) {
        $response->setStatus(400)->setHeader('Content-Type', 'text/plain');
        return "rows is a whole number\n";
    }
    $response->setHeader('Content-Type', 'text/csv; charset=utf-8');
    $response->setHeader('Content-Disposition', 'attachment; filename="orders.csv"');
    return csv(orders($rows));
});
echo "listening {$server->listen($argv[1] ?? '127.0.0.1:8080')}\n";
$server->start();
printf("stopped; PHP used %.1f MiB at most\n", memory_get_peak_usage() / 2 ** 20);
