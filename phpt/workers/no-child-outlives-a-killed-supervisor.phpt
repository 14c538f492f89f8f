--TEST--
When the first process is killed with SIGKILL, all that it has started ends at once, whatever it does
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 3'));
await_ready($server, 3);
$clients = one_each($server, 3);
[$blocked, $waiting] = array_keys($clients);
$never = scratch_file('never');
$held = substr_count($server->stdout, 'holding');
$clients[$blocked]->send("GET /hold?go=$never HTTP/1.1\r\nHost: x\r\n\r\n");
$clients[$waiting]->send("GET /wait?go=$never HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('holding', $held + 1);
$server->waitFor('waiting');
check('there are children', count($server->children()) >= 3, $server->children());
$server->signal(ServerProcess::SIGKILL);
echo 'exit ', $server->wait(), ', ', left_behind($server, 3), "\n";
check('the port is closed', @stream_socket_client($server->addresses[0]) === false);
?>
--EXPECT--
there are children: yes
exit -9, nothing left behind
the port is closed: yes
