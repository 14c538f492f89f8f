<?php

// The answers of bench/server.php by php-fpm behind nginx.

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
    case '/upload':
        $file = $_FILES['file'] ?? ['size' => 0, 'error' => UPLOAD_ERR_NO_FILE];
        http_response_code($file['error'] === UPLOAD_ERR_OK ? 200 : 400);
        header('Content-Length: ' . strlen((string) $file['size']));
        echo $file['size'];
        break;
    default:
        http_response_code(404);
}
