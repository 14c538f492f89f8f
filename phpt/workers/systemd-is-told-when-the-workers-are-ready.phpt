--TEST--
systemd is told READY=1 when all workers are ready, of a reload, and STOPPING=1 at the end
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$path = scratch('notify.sock');
$socket = socket_create(AF_UNIX, SOCK_DGRAM, 0);
socket_bind($socket, $path);
socket_set_option($socket, SOL_SOCKET, SO_RCVTIMEO, ['sec' => 10, 'usec' => 0]);
/** Takes messages until one says it. */
function await_message(Socket $socket, string $line): string
{
    while (socket_recv($socket, $message, 4096, 0) !== false) {
        if (in_array($line, explode("\n", $message), true)) {
            return $line;
        }
    }
    return "NO $line";
}
$go = scratch_file('go');
putenv("NOTIFY_SOCKET=$path");
$server = ServerProcess::run(crew('workers: 2', setup: <<<PHP
    \$server->onStart(function () {
        note('starting');
        while (!file_exists('$go')) usleep(1000);
    });
    PHP));
putenv('NOTIFY_SOCKET');
$server->waitFor('starting', 2);
check('nothing is said yet', @socket_recv($socket, $message, 4096, MSG_DONTWAIT) === false || !str_contains($message, 'READY'));
touch($go);
echo await_message($socket, 'READY=1'), "\n";
echo get($server), "\n";
$server->signal(ServerProcess::SIGHUP);
echo await_message($socket, 'RELOADING=1'), ', then ', await_message($socket, 'READY=1'), "\n";
$server->signal(ServerProcess::SIGTERM);
echo await_message($socket, 'STOPPING=1'), "\n";
echo ending($server, null), "\n";
?>
--EXPECT--
nothing is said yet: yes
READY=1
200 one
RELOADING=1, then READY=1
STOPPING=1
exit 0, nothing left behind
