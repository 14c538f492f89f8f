--TEST--
A hundred uploads of 10 MB at the same time arrive whole, and the server's memory stays less than 32 MiB above what it is idle
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$size = 10_000_000;
$hash = Body::sha256($size);
$server = serve(<<<PHP
    function (\$request) {
        \$file = \$request->getUploadedFiles()['f'] ?? null;
        if (\$file === null) return 'idle';
        \$hash = hash_init('sha256');
        hash_update_stream(\$hash, \$file->getStream());
        if (hash_final(\$hash) !== '$hash') throw new Exception('other bytes have arrived');
    }
    PHP, 'new Sluice\Server(limits: new Sluice\Limits(body: 20 << 20))');
$form = scratch_file('form');
file_put_contents($form, multipart(part('name=f; filename=x', Body::of($size))));
h1($server->url());
// curl waits for an HTTP/2 window by asking again and again: a hundred of them leave no processor to the server.
foreach (['h1' => ['--h1'], 'h2' => []] as $protocol => $option) {
    // The peak of each round by itself.
    file_put_contents("/proc/{$server->pid}/clear_refs", '5');
    $before = resident($server->pid);
    [, $told] = command(['h2load', '-n', '100', '-c', '100', '-m', '1', ...$option, '-d', $form, '-H', FORM_DATA, $server->url()], seconds: 100.0);
    preg_match('/^status codes: (.*)$/m', $told, $statuses);
    preg_match('/^VmHWM:\s+(\d+) kB/m', file_get_contents("/proc/{$server->pid}/status"), $peak);
    echo "$protocol: {$statuses[1]}\n";
    check("$protocol: less than 32 MiB", ($grown = 1024 * $peak[1] - $before) < 32 << 20, $grown);
}
check('nothing is kept', until('the files to go', fn () => nameless_files($server->pid) === 0));
echo 'exit ', $server->stop(), "\n", $server->stderr;
?>
--EXPECT--
h1: 100 2xx, 0 3xx, 0 4xx, 0 5xx
h1: less than 32 MiB: yes
h2: 100 2xx, 0 3xx, 0 4xx, 0 5xx
h2: less than 32 MiB: yes
nothing is kept: yes
exit 0
