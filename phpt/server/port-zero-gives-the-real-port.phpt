--TEST--
listen() on port 0 binds at once and returns the port that the kernel chose
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = new Sluice\Server();
$address = $server->listen('tcp://127.0.0.1:0');
check('a real port', preg_match('~^tcp://127\.0\.0\.1:([1-9]\d*)$~', $address) === 1, $address);
check('bound before start()', (bool) @stream_socket_client($address, timeout: 5));
?>
--EXPECT--
a real port: yes
bound before start(): yes
