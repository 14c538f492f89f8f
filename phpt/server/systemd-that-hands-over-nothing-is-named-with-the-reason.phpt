--TEST--
systemd:// without sockets from systemd is a BindException with the reason; a port that systemd holds is named
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

function listens(string $addresses, string ...$through): void
{
    $server = ServerProcess::run(<<<PHP
        \$server = new Sluice\Server();
        foreach ([$addresses] as \$address) {
            note(attempt(fn () => \$server->listen(\$address)));
        }
        note(getenv('LISTEN_PID') === false ? 'no LISTEN_PID' : 'LISTEN_PID is set');
        PHP, listens: false, through: $through);
    $server->wait();
    $text = preg_replace(['/:\d{2,5}\b/', '/process \d+/'], [':<port>', 'process <id>'], $server->stdout . $server->stderr);
    echo $text;
}

listens("'systemd://', 'systemd://web', 'systemd://0'");
// Variables for another process are left as they are.
listens("'systemd://web'", ...handing_over('--pid=1', 'web=tcp://127.0.0.1:0'));
// Without names each is "unknown".
listens("'systemd://web', '0.0.0.0' . strrchr(getenv('HANDED'), ':'), 'systemd://unknown'", ...handing_over('tcp://[::]:0'));
listens("'systemd://0'", 'env', 'LISTEN_FDS=many', 'sh', '-c', 'export LISTEN_PID=$$; exec "$@"', 'sh');
listens("'systemd://0'", 'env', 'LISTEN_FDS=2', 'LISTEN_FDNAMES=a:b:c', 'sh', '-c', 'export LISTEN_PID=$$; exec "$@"', 'sh');
?>
--EXPECT--
Sluice\BindException: "systemd://" is not an address to listen on: name the socket, or its place, as systemd://http or systemd://0
Sluice\BindException: cannot listen on systemd://web: systemd handed over no sockets: LISTEN_FDS is not set
Sluice\BindException: cannot listen on systemd://0: systemd handed over no sockets: LISTEN_FDS is not set
no LISTEN_PID
Sluice\BindException: cannot listen on systemd://web: systemd handed over no sockets: LISTEN_PID is 1 and this is process <id>; where a shell starts PHP, it must do so by exec
LISTEN_PID is set
Sluice\BindException: cannot listen on systemd://web: there is no such socket; systemd handed over: 0 "unknown" tcp://[::]:<port>
Sluice\BindException: cannot listen on tcp://0.0.0.0:<port>: the port is in use by what systemd handed over, 0 "unknown" tcp://[::]:<port>: listen on that
returned "tcp:\/\/[::]:<port>"
no LISTEN_PID
Sluice\BindException: cannot listen on systemd://0: systemd handed over no sockets: LISTEN_FDS must be a number up to 65535, not "many"
no LISTEN_PID
Sluice\BindException: cannot listen on systemd://0: systemd handed over no sockets: LISTEN_FDS is 2, but LISTEN_FDNAMES has 3 names
no LISTEN_PID
