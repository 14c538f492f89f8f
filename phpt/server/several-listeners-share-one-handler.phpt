--TEST--
A server listens on several addresses at once: TCP over IPv4 and IPv6, TLS and a unix socket
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$path = scratch('app.sock');
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server();
    \$server->handle(fn (\$request) => \$request->getScheme() . ' from "' . \$request->getRemoteAddress() . '"');
    say(
        \$server->listen('tcp://127.0.0.1:0'),
        \$server->listen('127.0.0.1:0'),
        \$server->listen('[::1]:0'),
        \$server->listen('tcp://localhost:0', Sluice\Tls::selfSigned()),
        \$server->listen('unix://$path'),
    );
    \$server->start();
    echo file_exists('$path') ? 'STILL THERE' : 'the socket file is gone';
    PHP);
foreach ($server->addresses as $address) {
    echo preg_replace('/:\d+$/', ':<port>', str_replace($path, '<path>', $address)), "\n";
}
check('ports differ', count(array_unique(array_map(fn ($a) => strrchr($a, ':'), array_slice($server->addresses, 0, 4)))) === 4);
echo h1($server->url(listener: 0)), "\n", h1($server->url(listener: 1)), "\n", h1($server->url(listener: 2)), "\n";
$server->scheme = 'https';
echo h2($server->url(listener: 3)), "\n";
echo h1('http://unix/', '--unix-socket', $path), "\n";
$server->finish();
?>
--EXPECT--
tcp://127.0.0.1:<port>
tcp://127.0.0.1:<port>
tcp://[::1]:<port>
tcp://127.0.0.1:<port>
unix://<path>
ports differ: yes
200 http from "127.0.0.1"
200 http from "127.0.0.1"
200 http from "::1"
200 https from "127.0.0.1"
200 http from ""
exit 0
stdout: the socket file is gone
