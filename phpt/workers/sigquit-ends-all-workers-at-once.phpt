--TEST--
SIGQUIT ends all at once, with no drain
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2, timeouts: new Sluice\Timeouts(drain: 60.0)'));
await_ready($server, 2);
$clients = one_each($server, 2);
$clients[array_key_first($clients)]->send("GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('stuck');
$server->children();
$server->signal(ServerProcess::SIGQUIT);
$started = microtime(true);
$server->wait();
check('at once', microtime(true) - $started < 5);
echo left_behind($server, 3), "\n";
check('the connections are closed', array_filter($clients, fn ($client) => str_contains($client->readAll(), ' 200 ')) === []);
check('the port is closed', @stream_socket_client($server->addresses[0]) === false);
?>
--EXPECT--
at once: yes
nothing left behind
the connections are closed: yes
the port is closed: yes
