--TEST--
A session of one worker carries early data to another, and a recorded flight is answered by none of them again
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$tls = '(' . tls_code() . ')->withEarlyData()';
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server(workers: 4);
    \$server->handle(function (\$request) {
        \$early = json_encode(\$request->isEarlyData());
        note("[{\$request->getPath()} \$early]");
        return '(' . getmypid() . " \$early)";
    });
    say(\$server->listen('tcp://127.0.0.1:0', $tls));
    \$server->start();
    PHP);
$address = $server->addresses[0];
$head = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
$pid = fn (string $output) => preg_match('/\((\d+) (true|false)\)/', $output, $found) ? (int) $found[1] : 0;

// Which worker accepts is its own matter: until one takes what another has given.
$before = $now = 0;
for ($i = 0; $i < 60 && ($i < 5 || $now === $before); $i++) {
    [$session, $output] = EarlyClient::session($address, "GET /first $head");
    $before = $pid($output);
    $client = new EarlyClient($session, "GET /$i $head");
    $far = $client->sendFlight($address);
    $server->waitFor("[/$i true]");
    $output = $client->goOn($far);
    $now = $pid($output);
}
check('early data goes from worker to worker', $before > 0 && $now > 0 && $before !== $now, [$i, $before, $now]);

[$session] = EarlyClient::session($address, "GET /first $head");
$client = new EarlyClient($session, "GET /once $head");
$copies = array_map(fn () => $client->sendFlight($address), range(1, 30));
// Each is answered with a handshake: in the one of them with the reply, in the others with a certificate.
$hellos = array_map(fn ($copy) => ord(fread($copy, 1)), $copies);
check('all get a server hello', array_unique($hellos) === [22], $hellos);
$server->waitFor('[/once true]');
// Whose handshake is not complete holds up the end of a server.
array_map(fclose(...), $copies);
for ($i = 0; $i < 5; $i++) {
    fread($client->sendFlight($address), 1);
}
// What was sent after the copies is answered after them.
EarlyClient::session($address, "GET /last $head");
$server->waitFor('[/last false]');
check('one of them was answered', substr_count($server->stdout, '[/once') === 1, $server->stdout);
echo ending($server), "\n";
?>
--EXPECT--
early data goes from worker to worker: yes
all get a server hello: yes
one of them was answered: yes
exit 0, nothing left behind
