--TEST--
With a watchdog, systemd hears in time that all is well, from a supervisor and from a server without one
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['', 'workers: 2'] as $arguments) {
    $path = scratch_file('notify.sock');
    $socket = socket_create(AF_UNIX, SOCK_DGRAM, 0);
    socket_bind($socket, $path);
    socket_set_option($socket, SOL_SOCKET, SO_RCVTIMEO, ['sec' => 10, 'usec' => 0]);
    // Half of this interval is when the next message is due.
    $server = ServerProcess::run(crew($arguments), through: ['/usr/bin/env', "NOTIFY_SOCKET=$path", 'WATCHDOG_USEC=400000']);
    $beats = $ready = 0;
    $started = microtime(true);
    while ($beats < 4 && socket_recv($socket, $message, 4096, 0) !== false) {
        $beats += $message === 'WATCHDOG=1';
        $ready += $message === 'READY=1';
    }
    $took = microtime(true) - $started;
    check("Server($arguments): ready once", $ready === 1, $ready);
    check('four messages', $beats === 4, $beats);
    check('not all at once', $took > 0.5, $took);
    $server->finish();
}
?>
--EXPECT--
Server(): ready once: yes
four messages: yes
not all at once: yes
exit 0
Server(workers: 2): ready once: yes
four messages: yes
not all at once: yes
exit 0
