--TEST--
A SIGTERM with bodies half sent to slow readers, h1 and h2, lets them finish
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('function ($r, $response) { note("in the handler"); foreach (Body::pieces(600000, 10000) as $piece) $response->write($piece); $response->end(); }', tls: tls_code(ring: 1024), after: 'note("returned");');
$h1 = Raw::tls($server->addresses[0], 8192);
$h1->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
$h2 = new H2(Raw::tls($server->addresses[0], 8192, 'h2'));
$h2->reads = false;
$stream = $h2->request();
$server->waitFor('in the handler', 2);
$server->signal(15);
until('the port to close', fn () => @stream_socket_client($server->addresses[0]) === false);
$a = $h1->answer();
check('h1', $a->isBody(600000), strlen($a->body));
$h2->until(fn () => $h2->length[$stream] === 65535, 'a full window');
$h2->reads = true;
$h2->give(0, 65535);
$h2->give($stream, 65535);
$h2->finish($stream);
check('h2', hash('sha256', $h2->body[$stream]) === Body::sha256(600000), $h2->length);
echo 'exit ', $server->wait(), "\n";
?>
--EXPECT--
h1: yes
h2: yes
exit 0
