--TEST--
A request that has reached a server which drains is answered, also when the process was held up and its time is over
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['plain' => null, 'TLS' => tls_code()] as $name => $tls) {
    $answers = [];
    for ($i = 0; $i < 8; $i++) {
        $server = serve('fn () => "hello"', tls: $tls);
        $client = $tls === null ? Raw::connect($server->addresses[0]) : Raw::tls($server->addresses[0]);
        ask($client, '/');
        $server->signal(ServerProcess::SIGTERM);
        await_closed($server->addresses[0]);
        $server->signal(SIGSTOP);
        $client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        // As on a busy machine: longer than an idle connection is kept for one more request.
        pause(0.5);
        $server->signal(SIGCONT);
        $answer = $client->answer();
        $answers["$answer, Connection: {$answer->header('connection')}"] = true;
        $server->wait();
    }
    echo "$name: ", implode('; ', array_keys($answers)), "\n";
}
?>
--EXPECT--
plain: 200 hello, Connection: close
TLS: 200 hello, Connection: close
