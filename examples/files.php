<?php

declare(strict_types=1);

/*
 * A file browser. A mount sends the files, without PHP; the handler makes the listings of folders, and sends a file to be
 * saved under its own name.
 *
 *     php -d extension=target/release/libsluice.so examples/files.php [address] [folder]
 *     curl http://127.0.0.1:8080/files/                                      # or open it in a browser
 *     curl -r 0-99 http://127.0.0.1:8080/files/README.md                     # a part; a download that broke off goes on
 *     curl -OJ http://127.0.0.1:8080/download/README.md
 *
 * Whoever may write to the folder is trusted: a page in it runs its scripts here.
 */

use Sluice\{Files, Request, Response, Server};

const PAGE = <<<'HTML'
    <!doctype html><meta charset="utf-8"><title>%1$s</title>
    <style>body { font: 16px/1.6 system-ui, sans-serif; margin: 3rem auto; max-width: 50rem } td, th { padding-right: 2rem; text-align: left }
    .size { text-align: right }</style>
    <h1>%1$s</h1>
    <table><tr><th>Name<th class="size">Bytes<th>Changed<th>%2$s</table>
    HTML;

$root = realpath($argv[2] ?? '.') ?: exit("there is no such folder\n");

/** Where a path leads to; null if nothing is there, or nothing that the mount would show. */
$locate = function (string $path) use ($root): ?string {
    // A name that begins with a dot is hidden, and ".." is one of them.
    if (preg_match('~(^|/)\.|[\0\\\\]~', $path)) {
        return null;
    }
    $real = realpath("$root/$path");
    return $real !== false && str_starts_with("$real/", rtrim($root, '/') . '/') ? $real : null;
};

$listing = function (string $path) use ($locate): string {
    $escape = fn (string $text) => htmlspecialchars($text, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5);
    $encode = fn (string $path) => implode('/', array_map(rawurlencode(...), explode('/', $path)));
    $rows = [$path === '' ? '' : '<tr><td><a href="../">..</a>'];
    foreach (scandir($locate($path)) as $name) {
        $file = $locate($path . $name);
        if ($file === null) {
            continue;
        }
        $url = $encode($path . $name);
        $changed = date('Y-m-d H:i', filemtime($file));
        $rows[] = is_dir($file)
            ? "<tr><td><a href=\"/files/$url/\">{$escape($name)}/</a><td><td>$changed"
            : "<tr><td><a href=\"/files/$url\">{$escape($name)}</a><td class=\"size\">" . number_format(filesize($file))
                . "<td>$changed<td><a href=\"/download/$url\">save</a>";
    }
    return sprintf(PAGE, $escape("/$path"), implode("\n", $rows));
};

$server = new Server();
$server->mount(new Files($root, '/files', index: null, cacheControl: 'no-cache'));
$server->handle(function (Request $request, Response $response) use ($locate, $listing): ?string {
    [, $what, $path] = explode('/', $request->getPath(), 3) + [1 => '', ''];
    $found = in_array($request->getMethod(), ['GET', 'HEAD'], true) ? $locate($path) : null;
    if ($request->getPath() === '/') {
        $response->redirect('/files/');
        return null;
    }
    if ($what === 'files' && $found !== null && is_dir($found) && ($path === '' || str_ends_with($path, '/'))) {
        $response->setHeader('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'");
        return $listing($path);
    }
    if ($what === 'download' && $found !== null && is_file($found)) {
        $name = basename($path);
        // A name may have bytes that no header can say.
        $response->setContentDisposition(preg_match('~^\P{C}+$~u', $name) ? $name : 'download');
        $response->sendFile($found);
        return null;
    }
    $response->setStatus(404)->setHeader('Content-Type', 'text/plain; charset=utf-8');
    return "There is nothing here.\n";
});
echo "listening {$server->listen($argv[1] ?? '127.0.0.1:8080')}\n";
$server->start();
