<?php

declare(strict_types=1);

/*
 * A form with files: the browser shows how far the upload is, the server what has arrived and where it was moved. Files
 * go to disk as they come in, so memory does not grow with them.
 *
 *     php -d extension=target/release/libsluice.so examples/upload-form.php [address] [folder]
 *     curl -F title=Holiday -F 'photos[]=@a.jpg' -F 'photos[]=@b.jpg' http://127.0.0.1:8080/
 *
 * What is moved stays in the folder; what is not is gone when its request is over.
 */

use Sluice\{Limits, Request, Response, Server, UploadedFile, Uploads};

const PAGE = <<<'HTML'
    <!doctype html><meta charset="utf-8"><title>Upload</title>
    <form><p><input name="title" placeholder="Title"><p><input type="file" name="photos[]" multiple>
    <p><button>Send</button> <progress value="0" max="1"></progress></form><pre></pre>
    <script>
    const form = document.querySelector('form'), bar = document.querySelector('progress'), out = document.querySelector('pre');
    form.onsubmit = event => {
        event.preventDefault();
        const request = new XMLHttpRequest();
        request.upload.onprogress = progress => { bar.value = progress.loaded / progress.total; };
        request.onload = () => { out.textContent = request.responseText; };
        request.onerror = () => { out.textContent = 'The upload failed.'; };
        request.open('POST', '/');
        request.send(new FormData(form));
    };
    </script>
    HTML;

$folder = $argv[2] ?? sys_get_temp_dir() . '/uploads';
if (!is_dir($folder)) {
    mkdir($folder, 0700, true);
}
$server = new Server(limits: new Limits(body: 10 * 2 ** 30), uploads: new Uploads(files: 50));
$server->handle(function (Request $request, Response $response) use ($folder) {
    if ($request->getMethod() !== 'POST') {
        return PAGE;
    }
    $photos = $request->getUploadedFiles()['photos'] ?? [];
    $arrived = [];
    foreach (is_array($photos) ? $photos : [$photos] as $photo) {
        if ($photo instanceof UploadedFile && $photo->getError() === UPLOAD_ERR_OK) {
            $hash = hash_init('sha256');
            hash_update_stream($hash, $photo->getStream());
            // A name of our own: the client's is not to be trusted as a path.
            $path = "$folder/" . bin2hex(random_bytes(8));
            $photo->moveTo($path);
            $arrived[] = [
                'name' => $photo->getClientFilename(), 'size' => $photo->getSize(), 'sha256' => hash_final($hash), 'path' => $path,
            ];
        }
    }
    $response->setHeader('Content-Type', 'application/json');
    $told = ['title' => $request->getParsedBody()['title'] ?? '', 'files' => $arrived];
    return json_encode($told, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n";
});
echo "listening {$server->listen($argv[1] ?? '127.0.0.1:8080')}\n";
$server->start();
