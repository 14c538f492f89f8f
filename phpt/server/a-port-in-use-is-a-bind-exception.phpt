--TEST--
A port or unix socket in use throws a BindException that names the address; a stale socket file is replaced
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$taken = stream_socket_server('tcp://127.0.0.1:0');
$name = stream_socket_get_name($taken, false);
$server = new Sluice\Server();
$text = attempt(fn () => $server->listen("tcp://$name"));
check('tcp', preg_match('/^Sluice\\\\BindException: .*' . preg_quote($name) . '.*in use/i', $text) === 1, $text);

$path = scratch('live.sock');
$live = stream_socket_server("unix://$path");
$text = attempt(fn () => $server->listen("unix://$path"));
check('unix', preg_match('/^Sluice\\\\BindException: .*live\.sock.*in use/i', $text) === 1, $text);
check('the live socket still answers', (bool) stream_socket_client("unix://$path"));

fclose($live);
check('stale file is there', file_exists($path));
echo str_replace(scratch(), '<dir>', $server->listen("unix://$path")), "\n";
check('answers', (bool) stream_socket_client("unix://$path"));
unset($server);

$file = scratch('precious.txt');
file_put_contents($file, 'precious');
$text = attempt(fn () => (new Sluice\Server())->listen("unix://$file"));
check('a plain file is no stale socket', str_starts_with($text, 'Sluice\BindException: '), $text);
echo file_get_contents($file), "\n";
?>
--EXPECT--
tcp: yes
unix: yes
the live socket still answers: yes
stale file is there: yes
unix://<dir>/live.sock
answers: yes
a plain file is no stale socket: yes
precious
