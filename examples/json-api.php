<?php

declare(strict_types=1);

/*
 * A small JSON API: routes, query parameters, a JSON body, and errors that are JSON too. The notes live in memory.
 *
 *     php -d extension=target/release/libsluice.so examples/json-api.php [address]
 *     curl -d '{"text": "buy milk"}' http://127.0.0.1:8080/notes
 *     curl 'http://127.0.0.1:8080/notes?contains=milk'
 *     curl -X DELETE http://127.0.0.1:8080/notes/1
 */

use Sluice\{BodyTooLargeException, Limits, Request, Response, Server};

/** The client's mistake; its code is the status. */
final class Problem extends RuntimeException {}

$notes = new ArrayObject();
$note = fn (string $id) => $notes[$id] ?? throw new Problem("there is no note $id", 404);
$routes = [
    '/notes' => [
        'GET' => function (Request $request) use ($notes) {
            $contains = $request->getQueryParams()['contains'] ?? '';
            is_string($contains) || throw new Problem('contains is one string', 400);
            return array_values(array_filter((array) $notes, fn ($note) => str_contains($note['text'], $contains)));
        },
        'POST' => function (Request $request, Response $response) use ($notes) {
            static $id = 0;
            $text = json_decode($request->getBody(), true, 8, JSON_THROW_ON_ERROR)['text'] ?? null;
            is_string($text) && $text !== '' || throw new Problem('text is a string that is not empty', 422);
            $notes[++$id] = ['id' => $id, 'text' => $text];
            $response->setHeader('Location', "/notes/$id")->json($notes[$id], 201);
        },
    ],
    '/notes/(\d+)' => [
        'GET' => fn (Request $request, Response $response, string $id) => $note($id),
        'DELETE' => function (Request $request, Response $response, string $id) use ($notes, $note) {
            unset($notes[$note($id)['id']]);
            $response->setStatus(204);
        },
    ],
];

$server = new Server(limits: new Limits(body: 64 * 1024));
$server->handle(function (Request $request, Response $response) use ($routes) {
    foreach ($routes as $path => $methods) {
        if (preg_match("~^$path$~D", $request->getPath(), $found)) {
            $response->setHeader('Allow', implode(', ', array_keys($methods)));
            $method = str_replace('HEAD', 'GET', $request->getMethod());
            $action = $methods[$method] ?? throw new Problem('the method is not allowed here', 405);
            return $action($request, $response, ...array_slice($found, 1));
        }
    }
    throw new Problem('there is nothing here', 404);
});
$server->onError(function (Throwable $error, Request $request, Response $response) {
    $statuses = [Problem::class => $error->getCode(), JsonException::class => 400, BodyTooLargeException::class => 413];
    $status = $statuses[$error::class] ?? 500;
    $status < 500 || error_log((string) $error);
    $response->json(['error' => $status < 500 ? $error->getMessage() : 'internal error'], $status);
});
echo "listening {$server->listen($argv[1] ?? '127.0.0.1:8080')}\n";
$server->start();
