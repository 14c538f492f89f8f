--TEST--
A file that is replaced, removed or grows while it is sent arrives as it was when it was opened; the next request gets the new one
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$size = 16 << 20;
$folder = folder([]);
$changes = [
    'replaced' => fn () => file_put_contents("$folder/new", 'new') && rename("$folder/new", "$folder/file"),
    'removed' => fn () => unlink("$folder/file"),
    'grown' => fn () => file_put_contents("$folder/file", 'more', FILE_APPEND),
];
foreach (['plain' => null, 'tls' => tls_code()] as $kind => $tls) {
    $server = serve(sending($folder), mounting($folder, "'/mount', fallback: false"), $tls);
    foreach (['h1' => false, 'h2' => true] as $protocol => $h2) {
        foreach (WAYS as $way => $prefix) {
            foreach ($changes as $name => $change) {
                file_put_contents("$folder/file", Body::of($size));
                $hash = hash_init('sha256');
                $done = 0;
                $transfer = download($server->url("$prefix/file"), $h2, [CURLOPT_WRITEFUNCTION => function ($handle, string $bytes) use (&$done, $hash, $change): int {
                    $done === 0 && $change();
                    $done += strlen($bytes);
                    hash_update($hash, $bytes);
                    return strlen($bytes);
                }]);
                $isRight = $transfer->error === 0 && $done === $size && hash_final($hash) === Body::sha256($size);
                $next = download($server->url("$prefix/file"), $h2);
                $expected = match ($name) {
                    'replaced' => [200, 3],
                    'removed' => [$way === 'mount' ? 404 : 500, $next->length],
                    'grown' => [200, $size + 4],
                };
                $isRight = $isRight && [$next->status, $next->length] === $expected;
                check("$kind $protocol $way $name", $isRight, "$transfer, $done bytes; then $next");
            }
        }
    }
    echo 'exit ', $server->stop(), "\n";
}
?>
--EXPECT--
plain h1 mount replaced: yes
plain h1 mount removed: yes
plain h1 mount grown: yes
plain h1 sendFile replaced: yes
plain h1 sendFile removed: yes
plain h1 sendFile grown: yes
plain h2 mount replaced: yes
plain h2 mount removed: yes
plain h2 mount grown: yes
plain h2 sendFile replaced: yes
plain h2 sendFile removed: yes
plain h2 sendFile grown: yes
exit 0
tls h1 mount replaced: yes
tls h1 mount removed: yes
tls h1 mount grown: yes
tls h1 sendFile replaced: yes
tls h1 sendFile removed: yes
tls h1 sendFile grown: yes
tls h2 mount replaced: yes
tls h2 mount removed: yes
tls h2 mount grown: yes
tls h2 sendFile replaced: yes
tls h2 sendFile removed: yes
tls h2 sendFile grown: yes
exit 0
