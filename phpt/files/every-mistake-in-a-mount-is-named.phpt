--TEST--
Files names every value that is wrong in one ConfigException; prefixes are unlike each other; a mount is made before start(), and its root is there then
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

use Sluice\Files;

$folder = folder(['file' => 'x']);
$said = fn (string $text) => str_replace($folder, 'FOLDER', $text) . "\n";
$try = fn (mixed ...$arguments) => print($said(attempt(fn () => new Files(...$arguments))));
$try(
    "$folder/none", prefix: 'static', index: 'a/b', cacheControl: "a\r\nb", precompressed: ['br', 'brotli'], symlinks: 'maybe',
    types: ['.md' => 'text/markdown', 'md' => 'text'],
);
foreach (['', "$folder/file", "$folder/none", "$folder\0", "$folder/file/x"] as $root) {
    $try($root);
}
foreach (['', 'a', '//', '/a//b', '/../a', '/a/./b', '/a?b', '/a#b', '/a%20b', '/a\b', "/a\0"] as $prefix) {
    $try($folder, $prefix);
}
foreach (['', '.', '..', 'a/b', 'a\b', "a\0"] as $index) {
    $try($folder, index: $index);
}
foreach (['', ' ', "a\nb", "a\0"] as $value) {
    $try($folder, cacheControl: $value);
}
$try($folder, precompressed: ['gzip', 'br', 'gzip']);
$try($folder, precompressed: ['BR']);
$try($folder, symlinks: '');
foreach ([['' => 'a/b'], ['a.b' => 'a/b'], ['a' => ''], ['a' => 'b'], ['a' => 'b/'], ['a' => "b/c\n"]] as $types) {
    $try($folder, types: $types);
}
echo "\n";
foreach ([
    [], ['/'], ['/a/b/'], ['/', null, 'no-cache', false, ['zstd', 'gzip', 'br'], true, 'follow', ['a' => 'b/c; d=e']],
    ['symlinks' => 'deny', 'precompressed' => [], 'types' => []],
] as $arguments) {
    $try($folder, ...$arguments);
}
$files = new Files($folder);
check('clone', str_starts_with(attempt(fn () => clone $files), 'Error: '), attempt(fn () => clone $files));
check('serialize', str_starts_with(attempt(fn () => serialize($files)), 'Exception: '));
$server = new Sluice\Server();
check('mount() returns its server', $server->mount($files) === $server);
foreach (['/', '/a/', '/a', '/b'] as $prefix) {
    echo "$prefix: ", attempt(fn () => $server->mount(new Files($folder, $prefix))), "\n";
}

echo "\n";
$allowed = folder(['a' => 'a']);
$server = ServerProcess::run(<<<PHP
    ini_set('open_basedir', '$allowed');
    note(attempt(fn () => new Sluice\Files('$folder')));
    note(attempt(fn () => new Sluice\Files('$allowed')));
    PHP, listens: false);
$server->wait();
echo $said($server->stdout), $server->stderr;
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server();
    \$files = new Sluice\Files('$folder');
    \$server->listen('tcp://127.0.0.1:0');
    \$server->handle(fn () => '');
    \$server->mount(\$files);
    rename('$folder', '$folder-gone');
    note(attempt(fn () => \$server->start()));
    PHP, listens: false);
$server->wait();
echo $said($server->stdout), $server->stderr;
rename("$folder-gone", $folder);
$server = serve("fn () => attempt(fn () => \$server->mount(new Sluice\\Files('$folder')))", before: '$server = null;');
echo h1($server->url()), "\n";
?>
--EXPECT--
Sluice\ConfigException: Files: 8 mistakes: root: "FOLDER/none" cannot be opened: No such file or directory (os error 2); prefix: "static" must begin with a slash; index: "a/b" must be the name of a file, such as "index.html", or null for none; cacheControl: "a\r\nb" must be a header value such as "max-age=3600"; precompressed: "brotli" is not one of "br", "zstd" and "gzip"; symlinks: "maybe" is not one of "inside", "deny" and "follow"; types: ".md" must be the ending of a name without its dot, such as "md"; types: "text" for "md" must be a type such as "text/markdown"
Sluice\ConfigException: Files: root: it is empty; it must be the path of a folder
Sluice\ConfigException: Files: root: "FOLDER/file" is not a folder
Sluice\ConfigException: Files: root: "FOLDER/none" cannot be opened: No such file or directory (os error 2)
Sluice\ConfigException: Files: root: "FOLDER\0" cannot be opened: file name contained an unexpected NUL byte
Sluice\ConfigException: Files: root: "FOLDER/file/x" cannot be opened: Not a directory (os error 20)
Sluice\ConfigException: Files: prefix: "" must begin with a slash
Sluice\ConfigException: Files: prefix: "a" must begin with a slash
Sluice\ConfigException: Files: prefix: "//" must be a path such as "/static", without "..", "//", "?", "#" or "%"
Sluice\ConfigException: Files: prefix: "/a//b" must be a path such as "/static", without "..", "//", "?", "#" or "%"
Sluice\ConfigException: Files: prefix: "/../a" must be a path such as "/static", without "..", "//", "?", "#" or "%"
Sluice\ConfigException: Files: prefix: "/a/./b" must be a path such as "/static", without "..", "//", "?", "#" or "%"
Sluice\ConfigException: Files: prefix: "/a?b" must be a path such as "/static", without "..", "//", "?", "#" or "%"
Sluice\ConfigException: Files: prefix: "/a#b" must be a path such as "/static", without "..", "//", "?", "#" or "%"
Sluice\ConfigException: Files: prefix: "/a%20b" must be a path such as "/static", without "..", "//", "?", "#" or "%"
Sluice\ConfigException: Files: prefix: "/a\\b" must be a path such as "/static", without "..", "//", "?", "#" or "%"
Sluice\ConfigException: Files: prefix: "/a\x00" must be a path such as "/static", without "..", "//", "?", "#" or "%"
Sluice\ConfigException: Files: index: "" must be the name of a file, such as "index.html", or null for none
Sluice\ConfigException: Files: index: "." must be the name of a file, such as "index.html", or null for none
Sluice\ConfigException: Files: index: ".." must be the name of a file, such as "index.html", or null for none
Sluice\ConfigException: Files: index: "a/b" must be the name of a file, such as "index.html", or null for none
Sluice\ConfigException: Files: index: "a\\b" must be the name of a file, such as "index.html", or null for none
Sluice\ConfigException: Files: index: "a\x00" must be the name of a file, such as "index.html", or null for none
Sluice\ConfigException: Files: cacheControl: "" must be a header value such as "max-age=3600"
Sluice\ConfigException: Files: cacheControl: " " must be a header value such as "max-age=3600"
Sluice\ConfigException: Files: cacheControl: "a\nb" must be a header value such as "max-age=3600"
Sluice\ConfigException: Files: cacheControl: "a\x00" must be a header value such as "max-age=3600"
Sluice\ConfigException: Files: precompressed: "gzip" is there twice
Sluice\ConfigException: Files: precompressed: "BR" is not one of "br", "zstd" and "gzip"
Sluice\ConfigException: Files: symlinks: "" is not one of "inside", "deny" and "follow"
Sluice\ConfigException: Files: types: "" must be the ending of a name without its dot, such as "md"
Sluice\ConfigException: Files: types: "a.b" must be the ending of a name without its dot, such as "md"
Sluice\ConfigException: Files: types: "" for "a" must be a type such as "text/markdown"
Sluice\ConfigException: Files: types: "b" for "a" must be a type such as "text/markdown"
Sluice\ConfigException: Files: types: "b/" for "a" must be a type such as "text/markdown"
Sluice\ConfigException: Files: types: "b/c\n" for "a" must be a type such as "text/markdown"

returned Sluice\Files
returned Sluice\Files
returned Sluice\Files
returned Sluice\Files
returned Sluice\Files
clone: yes
serialize: yes
mount() returns its server: yes
/: Sluice\ConfigException: there is a mount at "/" already: each needs a prefix of its own
/a/: returned Sluice\Server
/a: Sluice\ConfigException: there is a mount at "/a" already: each needs a prefix of its own
/b: returned Sluice\Server

Sluice\ServerException: PHP's open_basedir does not allow "FOLDER"
returned Sluice\Files

Sluice\ServerException: the root "FOLDER" cannot be opened: No such file or directory (os error 2)

200 Sluice\StateException: the server is running: mount() comes before start()
