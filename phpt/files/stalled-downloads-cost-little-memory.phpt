--TEST--
Twenty clients that stop reading in the middle of files of 10 MiB cost the server little memory, and get all of it when they go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$size = 10 << 20;
$folder = folder(['large' => $size]);
foreach (['plain' => null, 'tls' => tls_code()] as $kind => $tls) {
    foreach (WAYS as $way => $prefix) {
        foreach (['h1', 'h2'] as $protocol) {
            $server = serve(sending($folder), mounting($folder, "'/mount'"), $tls);
            h1($server->url("$prefix/large"));
            $stats = fn () => json_decode(h1($server->url('/stats'))->body, true)['listeners'][0];
            $before = resident($server->pid);
            if ($protocol === 'h1') {
                $clients = [];
                for ($i = 0; $i < 20; $i++) {
                    $clients[] = $client = $tls === null ? Raw::connect($server->addresses[0], 16384) : Raw::tls($server->addresses[0], 16384);
                    $client->send("GET $prefix/large HTTP/1.1\r\nHost: x\r\n\r\n");
                }
                $begun = count(array_filter($clients, fn ($client) => str_contains($client->readUntil("\r\n\r\n"), "content-length: $size")));
            } else {
                // All windows together are as wide as the files: only what the server holds by itself is bounded.
                $h2 = $tls === null ? H2::plain($server) : H2::tls($server);
                $h2->reads = $h2->keeps = false;
                $streams = array_map(fn () => $h2->request("$prefix/large"), range(1, 20));
                $h2->until(fn () => array_sum($h2->length) === 65535 && count($h2->status) === 20, 'all heads and a full window');
                $begun = count(array_filter($h2->status, fn ($status) => $status === 200));
            }
            // Nothing more is sent, but what this very question costs.
            $same = 0;
            $last = $stats()['bytes']['out'];
            until('the server to be held back', function () use ($stats, &$same, &$last) {
                $now = $stats()['bytes']['out'];
                $same = $now - $last < 10000 ? $same + 1 : 0;
                $last = $now;
                return $same >= 5;
            });
            $grown = resident($server->pid) - $before;
            check("$kind $protocol $way: all have begun", $begun === 20, $begun);
            check("$kind $protocol $way: memory stayed small", $grown < 8 << 20, $grown);
            // Those that go on get the rest to the byte.
            if ($protocol === 'h1') {
                $whole = array_filter([$clients[3], $clients[17]], fn ($client) => hash('sha256', $client->readExactly($size)) === Body::sha256($size));
            } else {
                $h2->reads = $h2->keeps = true;
                [$first, $last] = [$streams[3], $streams[17]];
                array_map(fn ($stream) => in_array($stream, [$first, $last], true) || $h2->cancel($stream), $streams);
                $h2->give(0, 65535);
                $held = [$first => $h2->length[$first], $last => $h2->length[$last]];
                array_map(fn ($stream, $bytes) => $h2->give($stream, max(1, $bytes)), array_keys($held), $held);
                array_map($h2->finish(...), [$first, $last]);
                $whole = array_filter([$first, $last], fn ($stream) => Body::at($held[$stream], $size - $held[$stream]) === $h2->body[$stream]);
            }
            check("$kind $protocol $way: those that go on get all", count($whole) === 2);
            $server->stop(ServerProcess::SIGKILL);
        }
    }
}
?>
--EXPECT--
plain h1 mount: all have begun: yes
plain h1 mount: memory stayed small: yes
plain h1 mount: those that go on get all: yes
plain h2 mount: all have begun: yes
plain h2 mount: memory stayed small: yes
plain h2 mount: those that go on get all: yes
plain h1 sendFile: all have begun: yes
plain h1 sendFile: memory stayed small: yes
plain h1 sendFile: those that go on get all: yes
plain h2 sendFile: all have begun: yes
plain h2 sendFile: memory stayed small: yes
plain h2 sendFile: those that go on get all: yes
tls h1 mount: all have begun: yes
tls h1 mount: memory stayed small: yes
tls h1 mount: those that go on get all: yes
tls h2 mount: all have begun: yes
tls h2 mount: memory stayed small: yes
tls h2 mount: those that go on get all: yes
tls h1 sendFile: all have begun: yes
tls h1 sendFile: memory stayed small: yes
tls h1 sendFile: those that go on get all: yes
tls h2 sendFile: all have begun: yes
tls h2 sendFile: memory stayed small: yes
tls h2 sendFile: those that go on get all: yes
