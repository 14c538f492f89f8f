--TEST--
Files lie in upload_tmp_dir, and where that takes none in the system's folder; a directory that was asked for has to take them; moveTo() keeps to open_basedir
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['ini', 'system', 'inside', 'asked'] as $name) {
    mkdir(scratch($name));
}
/** The folder on whose behalf a file without a name lies there, as its link in /proc says. */
function place(int $pid): string
{
    foreach (glob("/proc/$pid/fd/*") as $link) {
        if (preg_match('~^(/.*)/[^/]* \(deleted\)$~', (string) @readlink($link), $found)) return basename($found[1]);
    }
    return '';
}
$form = raw_body(multipart(part('name=f; filename=x', Body::of(100000))));
$handler = 'function ($r) { $r->getUploadedFiles(); note("here"); Sluice\delay(60); }';
foreach ([
    'ini' => ['upload_tmp_dir' => scratch('ini')], 'system' => [], 'fallback' => ['upload_tmp_dir' => '/no/such/folder'],
] as $name => $ini) {
    $server = serve($handler, ini: $ini + ['sys_temp_dir' => scratch('system')]);
    $client = Raw::connect($server->addresses[0]);
    $body = multipart(part('name=f; filename=x', Body::of(100000)));
    $client->send("POST / HTTP/1.1\r\nHost: x\r\n" . FORM_DATA . "\r\nContent-Length: " . strlen($body) . "\r\n\r\n$body");
    $server->waitFor('here');
    echo "$name: ", place($server->pid), "\n", str_replace(scratch(), '', $server->stderr);
    $client->close();
}
$folder = scratch('asked');
$script = <<<PHP
    \$server = new Sluice\Server(uploads: new Sluice\Uploads(directory: '$folder'));
    rmdir('$folder');
    \$server->handle(fn () => '');
    \$server->listen('127.0.0.1:0');
    echo attempt(fn () => \$server->start());
    PHP;
$server = ServerProcess::run($script, listens: false);
$server->wait();
echo str_replace(scratch(), '', $server->stdout), "\n";

$inside = scratch('inside');
$server = serve(<<<PHP
    function (\$request) {
        \$file = \$request->getUploadedFiles()['f'];
        return [attempt(fn () => \$file->moveTo('$inside/../outside')), attempt(fn () => \$file->moveTo('$inside/x'))];
    }
    PHP, "new Sluice\\Server(uploads: new Sluice\\Uploads(directory: '$inside'))", before: "ini_set('open_basedir', '$inside');");
foreach (json_decode(h1($server->url(), ...$form)->body, true) ?? [] as $result) {
    echo str_replace(scratch(), '', $result), "\n";
}
check('inside', hash_file('sha256', "$inside/x") === Body::sha256(100000));
check('not outside', !file_exists(scratch('outside')));
?>
--EXPECT--
ini: ini
system: system
fallback: system
[sluice] upload_tmp_dir /no/such/folder takes no files (No such file or directory (os error 2)): uploads go to /system
Sluice\ServerException: cannot keep uploads in /asked: No such file or directory (os error 2)
Sluice\ServerException: cannot move an upload to /inside/../outside: open_basedir does not allow it
returned null
inside: yes
not outside: yes
