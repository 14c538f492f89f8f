--TEST--
Sockets that systemd hands over are listened on by their names, their places and their addresses, each once
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$path = scratch('app.sock');
$other = scratch('other.sock');
$abstract = '@sluice-test-' . getmypid();
$server = ServerProcess::run(<<<'PHP'
    $handed = explode(' ', getenv('HANDED'));
    $server = new Sluice\Server();
    $server->handle(fn ($request) => "{$request->getScheme()} from \"{$request->getRemoteAddress()}\"");
    $addresses = [
        $server->listen('systemd://web'),
        $server->listen('systemd://web', Sluice\Tls::selfSigned()),
        $server->listen('systemd://2'),
        $server->listen($handed[3]),
        $server->listen($handed[4]),
        $server->listen('systemd://named'),
        $server->listen('127.0.0.1:0'),
    ];
    foreach (array_slice($addresses, 0, 6) as $index => $address) {
        note("$index " . ($address === $handed[$index] ? 'as handed over' : "$address INSTEAD OF {$handed[$index]}"));
    }
    note(in_array($addresses[6], $handed) ? 'HANDED OVER' : '6 a new one');
    foreach (['systemd://web', 'systemd://9', 'systemd://log', 'systemd://peer', "$handed[8]?mode=0660"] as $address) {
        note(attempt(fn () => $server->listen($address)));
    }
    note('own: ' . json_encode([getenv('LISTEN_PID'), getenv('LISTEN_FDS'), getenv('LISTEN_FDNAMES')]));
    note('child: ' . shell_exec('env | grep -c ^LISTEN_; for fd in 3 4 5 6 7 8; do readlink /proc/$$/fd/$fd; done | grep -c socket:'));
    say(...$addresses);
    $server->start();
    PHP, through: handing_over(
    'web=tcp://127.0.0.1:0',
    'web=tcp://127.0.0.1:0',
    "app=unix://$path",
    'admin=tcp://[::]:0',
    'admin=tcp://127.0.0.1:0',
    "named=unix://$abstract",
    'log=udp://127.0.0.1:0',
    'peer=pair://',
    "spare=unix://$other",
));
echo h1($server->url()), "\n", h1('http://unix/', '--unix-socket', $path), "\n", h1('http://unix/', '--abstract-unix-socket', substr($abstract, 1)), "\n";
$port = fn (int $listener) => substr(strrchr($server->addresses[$listener], ':'), 1);
// A socket of systemd on [::] takes IPv4 too.
echo h1("http://[::1]:{$port(3)}/"), "\n", h1("http://127.0.0.1:{$port(3)}/"), "\n", h1($server->url(listener: 4)), "\n";
$server->scheme = 'https';
echo h2($server->url(listener: 1)), "\n";
ob_start();
$server->finish();
echo str_replace([scratch(), $abstract], ['<dir>', '@name'], preg_replace('/:\d{2,5}\b/', ':<port>', ob_get_clean()));
check('the files stay: systemd made them', file_exists($path) && file_exists($other));
?>
--EXPECT--
200 http from "127.0.0.1"
200 http from ""
200 http from ""
200 http from "::1"
200 http from "127.0.0.1"
200 http from "127.0.0.1"
200 https from "127.0.0.1"
exit 0
stdout: 0 as handed over
stdout: 1 as handed over
stdout: 2 as handed over
stdout: 3 as handed over
stdout: 4 as handed over
stdout: 5 as handed over
stdout: 6 a new one
stdout: Sluice\BindException: cannot listen on systemd://web: it is listened on already; systemd handed over: 0 "web" tcp://127.0.0.1:<port> (listened on), 1 "web" tcp://127.0.0.1:<port> (listened on), 2 "app" unix://<dir>/app.sock (listened on), 3 "admin" tcp://[::]:<port> (listened on), 4 "admin" tcp://127.0.0.1:<port> (listened on), 5 "named" unix://@name (listened on), 6 "log" (it is a datagram socket, not a stream socket), 7 "peer" (it does not listen), 8 "spare" unix://<dir>/other.sock
stdout: Sluice\BindException: cannot listen on systemd://9: there is no such socket; systemd handed over: 0 "web" tcp://127.0.0.1:<port> (listened on), 1 "web" tcp://127.0.0.1:<port> (listened on), 2 "app" unix://<dir>/app.sock (listened on), 3 "admin" tcp://[::]:<port> (listened on), 4 "admin" tcp://127.0.0.1:<port> (listened on), 5 "named" unix://@name (listened on), 6 "log" (it is a datagram socket, not a stream socket), 7 "peer" (it does not listen), 8 "spare" unix://<dir>/other.sock
stdout: Sluice\BindException: cannot listen on systemd://log: it is a datagram socket, not a stream socket; its unit needs ListenStream= and Accept=no; systemd handed over: 0 "web" tcp://127.0.0.1:<port> (listened on), 1 "web" tcp://127.0.0.1:<port> (listened on), 2 "app" unix://<dir>/app.sock (listened on), 3 "admin" tcp://[::]:<port> (listened on), 4 "admin" tcp://127.0.0.1:<port> (listened on), 5 "named" unix://@name (listened on), 6 "log" (it is a datagram socket, not a stream socket), 7 "peer" (it does not listen), 8 "spare" unix://<dir>/other.sock
stdout: Sluice\BindException: cannot listen on systemd://peer: it does not listen; its unit needs ListenStream= and Accept=no; systemd handed over: 0 "web" tcp://127.0.0.1:<port> (listened on), 1 "web" tcp://127.0.0.1:<port> (listened on), 2 "app" unix://<dir>/app.sock (listened on), 3 "admin" tcp://[::]:<port> (listened on), 4 "admin" tcp://127.0.0.1:<port> (listened on), 5 "named" unix://@name (listened on), 6 "log" (it is a datagram socket, not a stream socket), 7 "peer" (it does not listen), 8 "spare" unix://<dir>/other.sock
stdout: Sluice\BindException: cannot listen on unix://<dir>/other.sock: systemd has made it, with what its unit says in SocketMode=, SocketUser= and SocketGroup=: leave the parameters out
stdout: own: [false,false,false]
stdout: child: 0
stdout: 0
stderr: [sluice] systemd handed over what is not listened on: 6 "log" (it is a datagram socket, not a stream socket), 7 "peer" (it does not listen), 8 "spare" unix://<dir>/other.sock
the files stay: systemd made them: yes
