--TEST--
No path leads out of a root, however it is written, and links only where the policy says so; what is refused looks as what is not there
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$folder = folder([
    'outside/secret' => 'SECRET', 'root/a' => 'a', 'root/sub/b' => 'b', 'root/.env' => 'SECRET', 'root/.git/config' => 'SECRET',
    'root/.well-known/x' => 'x', 'root/.well-known/.y' => 'SECRET', 'root/sub/.well-known/z' => 'SECRET', 'root/locked' => 'SECRET', 'root/a..b' => 'dots',
    'root/...' => 'SECRET', 'root/back\\slash' => 'SECRET', 'root/%2e' => 'per cent',
]);
posix_mkfifo("$folder/root/pipe", 0666);
foreach ([
    'same' => 'a', 'twice' => 'same', 'round' => 'sub/../a', 'sub/up' => '../a', 'folder' => 'sub', 'out' => '../outside/secret',
    'outfolder' => '../outside', 'backin' => '../root/a', 'absolute' => "$folder/root/a", 'passwd' => '/etc/passwd', 'dangling' => 'none', 'loop' => 'loop',
    'magic' => '/proc/self/root/etc/passwd',
] as $name => $target) {
    symlink($target, "$folder/root/$name");
}
// Root may read everything, so the server does not stay root.
chmod("$folder/root/locked", 0);
chmod(scratch(), 0755);
$start = fn (string $arguments) => serve(
    "fn () => 'NOT TO BE ASKED'",
    mounting("$folder/root", "'/m', fallback: false, $arguments"),
    before: 'if (posix_getuid() === 0) { posix_setgid(65534); posix_setuid(65534); }',
);
$paths = [
    // What is there, and what only looks odd.
    '/a', '/sub/b', '/./a', '/sub/../a', '/a..b', '/%2561', '/%252e', '/.well-known/x',
    // Up.
    '/..', '/../outside/secret', '/../root/a', '/sub/../../outside/secret', '/%2e%2e/outside/secret', '/%2E%2e/outside/secret', '/.%2e/outside/secret',
    '/..%2foutside/secret', '/%2e%2e%2foutside%2fsecret', '/%252e%252e/outside/secret', '/%25252e%25252e/outside/secret', '/..%c0%afoutside/secret',
    '/%c0%ae%c0%ae/outside/secret', '/..%5coutside%5csecret', '/..\\outside\\secret', '/sub/..%5c..%5c..%5coutside/secret', '/..;/outside/secret',
    '/.../outside/secret', '/....//outside/secret', '/sub/%2e%2e/%2e%2e/outside/secret', '/../m/a', '/../../../../../../../../etc/passwd',
    // From the top.
    '//etc/passwd', '/%2fetc/passwd', '/%2f%2fetc%2fpasswd', '/file:///etc/passwd', "/$folder/outside/secret", '/C:%5cx', '/~root/a', '/proc/self/environ',
    // Bytes that end names elsewhere.
    '/a%00', '/a%00.html', '/%00', '/a%0a', '/a%20', '/a.', '/a::$DATA', '/a%5cb', '/back%5cslash', '/back\\slash', '//a', '/sub//b', '/a/', '/a/.', '/sub/',
    // Hidden, locked, no file.
    '/.env', '/%2eenv', '/.git/config', '/.', '/...', '/.well-known/.y', '/sub/.well-known/z', '/locked', '/pipe',
    '/' . str_repeat('x', 300), '/' . str_repeat('x/', 2000) . 'x',
    // Links.
    '/same', '/twice', '/round', '/sub/up', '/folder/b', '/out', '/outfolder/secret', '/backin', '/absolute', '/passwd', '/dangling', '/loop', '/magic',
];
foreach (["symlinks: 'inside'", "symlinks: 'deny'", "symlinks: 'follow'", "symlinks: 'inside', dotfiles: true"] as $arguments) {
    $server = $start($arguments);
    $seen = [];
    foreach ($paths as $path) {
        $answer = h1($server->url("/m$path"), '--path-as-is');
        $second = h2($server->url("/m$path"), '--path-as-is');
        $shown = strlen($path) > 60 ? substr($path, 0, 4) . '...' : str_replace($folder, 'FOLDER', $path);
        $answer->status === $second->status && $answer->body === $second->body || print("$shown: HTTP/2 DIFFERS, $answer, $second\n");
        if ($answer->status === 404) {
            // All alike: nothing tells why.
            $likeness = [$answer->body, array_diff_key($answer->headers, ['date' => 0])];
            $missing ??= $likeness;
            $likeness === $missing || print("$shown: ANOTHER 404\n");
        } else {
            $content = str_starts_with($answer->body, 'root:') ? 'PASSWD' : $answer->body;
            $seen[] = "$shown: {$answer->status} $content";
        }
    }
    echo "$arguments\n  ", implode("\n  ", $seen), "\n";
    echo 'exit ', $server->stop(), "\n", $server->stderr;
}
?>
--EXPECT--
symlinks: 'inside'
  /a: 200 a
  /sub/b: 200 b
  /a..b: 200 dots
  /%252e: 200 per cent
  /.well-known/x: 200 x
  /same: 200 a
  /twice: 200 a
  /round: 200 a
  /sub/up: 200 a
  /folder/b: 200 b
exit 0
symlinks: 'deny'
  /a: 200 a
  /sub/b: 200 b
  /a..b: 200 dots
  /%252e: 200 per cent
  /.well-known/x: 200 x
exit 0
symlinks: 'follow'
  /a: 200 a
  /sub/b: 200 b
  /a..b: 200 dots
  /%252e: 200 per cent
  /.well-known/x: 200 x
  /same: 200 a
  /twice: 200 a
  /round: 200 a
  /sub/up: 200 a
  /folder/b: 200 b
  /out: 200 SECRET
  /outfolder/secret: 200 SECRET
  /backin: 200 a
  /absolute: 200 a
  /passwd: 200 PASSWD
exit 0
symlinks: 'inside', dotfiles: true
  /a: 200 a
  /sub/b: 200 b
  /a..b: 200 dots
  /%252e: 200 per cent
  /.well-known/x: 200 x
  /.env: 200 SECRET
  /%2eenv: 200 SECRET
  /.git/config: 200 SECRET
  /...: 200 SECRET
  /.well-known/.y: 200 SECRET
  /sub/.well-known/z: 200 SECRET
  /same: 200 a
  /twice: 200 a
  /round: 200 a
  /sub/up: 200 a
  /folder/b: 200 b
exit 0
