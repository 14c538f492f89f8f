<?php

// The answers of bench/server.php by php-fpm behind nginx.

const HEADERS = [
    'HTTP_ACCEPT', 'HTTP_ACCEPT_ENCODING', 'HTTP_ACCEPT_LANGUAGE', 'HTTP_AUTHORIZATION', 'HTTP_COOKIE',
    'HTTP_ORIGIN', 'HTTP_REFERER', 'HTTP_TRACEPARENT', 'HTTP_USER_AGENT', 'HTTP_X_REQUEST_ID',
];

header('Content-Type: text/plain');
switch ($_SERVER['DOCUMENT_URI']) {
    case '/hello':
        header('Content-Length: 13');
        echo 'Hello, World!';
        break;
    case '/stream':
        $piece = str_repeat("\0", 16384);
        for ($i = 0; $i < 640; $i++) {
            echo $piece;
            flush();
        }
        break;
    case '/end64k':
        header('Content-Length: 65536');
        echo str_repeat("\0", 65536);
        break;
    case '/json':
        $length = 0;
        foreach (HEADERS as $name) {
            $length += strlen($_SERVER[$name] ?? '');
        }
        // A constant array: opcache keeps it between the requests.
        $body = json_encode(['headers' => $length, 'rows' => require __DIR__ . '/rows.php']);
        header('Content-Type: application/json');
        header('Content-Length: ' . strlen($body));
        echo $body;
        break;
    case '/upload':
        $file = $_FILES['file'] ?? ['size' => 0, 'error' => UPLOAD_ERR_NO_FILE];
        http_response_code($file['error'] === UPLOAD_ERR_OK ? 200 : 400);
        header('Content-Length: ' . strlen((string) $file['size']));
        echo $file['size'];
        break;
    default:
        http_response_code(404);
}
