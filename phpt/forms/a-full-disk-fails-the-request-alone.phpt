--TEST--
A disk that is full while a file comes in is a ServerException, 500; nothing is left behind, and the next upload fits
--EXTENSIONS--
sluice
--SKIPIF--
<?php
if (posix_geteuid() !== 0) die('skip a small file system can be mounted by root only');
$folder = sys_get_temp_dir() . '/sluice-mount-' . getmypid();
mkdir($folder);
exec('mount -t tmpfs -o size=1m sluice ' . escapeshellarg($folder) . ' 2>&1', $said, $status);
if ($status === 0) exec('umount ' . escapeshellarg($folder));
rmdir($folder);
if ($status !== 0) die('skip no file system can be mounted here: ' . implode(' ', $said));
?>
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$small = scratch('small');
mkdir($small);
exec('mount -t tmpfs -o size=1m sluice ' . escapeshellarg($small));
$unmount = fn () => is_dir($small) && exec('umount -l ' . escapeshellarg($small) . ' 2>/dev/null');
register_shutdown_function($unmount);
$server = serve(<<<PHP
    function (\$request) {
        if (\$request->getPath() === '/caught') return attempt(fn () => \$request->getUploadedFiles());
        \$file = \$request->getUploadedFiles()['f'];
        if (\$request->getPath() === '/copied') return attempt(fn () => \$file->moveTo('$small/target'));
        return hash('sha256', stream_get_contents(\$file->getStream()));
    }
    PHP, "new Sluice\\Server(uploads: new Sluice\\Uploads(directory: '$small'))");
$large = raw_body(multipart(part('name=f; filename=x', Body::of(1500000))));
$fits = raw_body(multipart(part('name=f; filename=x', Body::of(500000))));
$file = scratch_file('large');
file_put_contents($file, multipart(part('name=f; filename=x', Body::of(1500000))));
// On HTTP/2 curl does not get over an answer that comes while it waits for a window.
$nghttp = fn (string $url) => command(['nghttp', '-t', '20', '-H', FORM_DATA, '-d', $file, $url])[1];
foreach (protocols() as $protocol => $send) {
    foreach (['/caught', '/uncaught'] as $path) {
        echo $protocol === 'h2' ? $nghttp($server->url($path)) : $send($server->url($path), ...$large)->body, "\n";
    }
    check("$protocol leaves nothing", until('room', fn () => disk_free_space($small) === 1.0 * (1 << 20)) && scandir($small) === ['.', '..']);
    check("$protocol fits", $send($server->url(), ...$fits)->body === Body::sha256(500000));
}
$elsewhere = serve(<<<PHP
    fn (\$request) => attempt(fn () => \$request->getUploadedFiles()['f']->moveTo('$small/target'))
    PHP);
echo str_replace($small, '<small>', h1($elsewhere->url(), ...$large)->body), "\n";
check('a copy that does not fit leaves nothing', scandir($small) === ['.', '..']);
echo 'exit ', $server->stop(), "\n";
preg_match_all('/Sluice\\\\\w+: [^(]*(?= )/', $server->stderr, $logged);
echo implode("\n", array_unique($logged[0])), "\n";
$unmount();
?>
--EXPECT--
Sluice\ServerException: cannot write an upload to disk: No space left on device (os error 28)
Internal Server Error
h1 leaves nothing: yes
h1 fits: yes
Sluice\ServerException: cannot write an upload to disk: No space left on device (os error 28)
Internal Server Error
h2 leaves nothing: yes
h2 fits: yes
Sluice\ServerException: cannot move an upload to <small>/target: No space left on device (os error 28)
a copy that does not fit leaves nothing: yes
exit 0
Sluice\ServerException: cannot write an upload to disk: No space left on device
