--TEST--
getRemoteAddress(), getRemotePort() and getLocalAddress() tell both ends of the connection
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$path = scratch('a.sock');
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server();
    \$server->handle(fn (\$r) => [\$r->getRemoteAddress(), \$r->getRemotePort(), \$r->getLocalAddress()]);
    say(\$server->listen('tcp://127.0.0.1:0'), \$server->listen('[::1]:0'), \$server->listen('unix://$path'));
    \$server->start();
    PHP);
foreach ([0, 1] as $listener) {
    $stream = stream_socket_client($server->addresses[$listener]);
    fwrite($stream, "GET / HTTP/1.0\r\n\r\n");
    $got = json_decode(explode("\r\n\r\n", stream_get_contents($stream))[1]);
    $mine = strrchr(stream_socket_get_name($stream, false), ':');
    echo $got[0], ' ';
    check('port', $got[1] === (int) substr($mine, 1), $got);
    check('local address', str_contains($server->addresses[$listener], (string) $got[2]), $got);
}
echo str_replace($path, '<path>', h1('http://x/', '--unix-socket', $path)->body), "\n";
?>
--EXPECTF--
127.0.0.1 port: yes
local address: yes
::1 port: yes
local address: yes
["",0,"%S"]
