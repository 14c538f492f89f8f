--TEST--
systemd-socket-activate starts a server with the first connection, and the server answers it
--EXTENSIONS--
sluice
--SKIPIF--
<?php
if (!is_executable('/usr/bin/systemd-socket-activate')) echo 'skip no systemd-socket-activate';
?>
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$path = scratch('app.sock');
$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server();
    $server->handle(fn () => 'activated');
    note($server->listen('systemd://web'));
    $server->start();
    PHP, listens: false, through: ['/usr/bin/systemd-socket-activate', '-l', $path, '--fdname=web']);
// This connection is the first, and says nothing.
$first = until('the socket', fn () => @stream_socket_client("unix://$path"));
echo h1('http://unix/', '--unix-socket', $path), "\n";
echo h1('http://unix/', '--unix-socket', $path), "\n";
echo 'exit ', $server->stop(), "\n", str_replace($path, '<path>', $server->stdout);
check('the file stays', file_exists($path));
?>
--EXPECT--
200 activated
200 activated
exit 0
unix://<path>
the file stays: yes
