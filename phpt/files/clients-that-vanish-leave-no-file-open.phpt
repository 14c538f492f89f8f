--TEST--
Clients that vanish in the middle of large files leave no descriptor behind, and a handler that sends one hears of it
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$folder = folder(['large' => 10 << 20]);
$descriptors = fn (int $pid) => count(glob("/proc/$pid/fd/*"));
$files = fn (int $pid) => count(preg_grep('~/large$~', array_map(fn ($link) => (string) @readlink($link), glob("/proc/$pid/fd/*"))));
foreach (['plain' => null, 'tls' => tls_code()] as $kind => $tls) {
    $server = serve(sending($folder), mounting($folder, "'/mount'"), $tls);
    $connect = fn (): Raw => $tls === null ? Raw::connect($server->addresses[0], 65536) : Raw::tls($server->addresses[0], 65536);
    // What is made once and kept is there before it is counted.
    foreach (protocols() as $get) {
        $get($server->url('/mount/large'));
        $get($server->url('/large'));
    }
    until('the connections to be closed', fn () => json_decode(h1($server->url('/stats'))->body, true)['listeners'][0]['connections']['open'] === 1);
    $before = until('the count to settle', function () use ($server, $descriptors) {
        $count = $descriptors($server->pid);
        pause(0.02);
        return $descriptors($server->pid) === $count ? $count : 0;
    });
    foreach (WAYS as $way => $prefix) {
        foreach (['close', 'reset'] as $end) {
            $clients = [];
            for ($i = 0; $i < 10; $i++) {
                $clients[] = $client = $connect();
                // Another one waits behind it.
                $client->send("GET $prefix/large HTTP/1.1\r\nHost: x\r\n\r\nGET $prefix/large HTTP/1.1\r\nHost: x\r\n\r\n");
                $client->readExactly(1000 + 30000 * $i);
            }
            $open = $files($server->pid);
            array_map(fn ($client) => $client->$end(), $clients);
            $gone = until('the files to be closed', fn () => $files($server->pid) === 0 && $descriptors($server->pid) <= $before);
            check("$kind h1 $way $end", $gone && $open >= 10, $open);
        }
        $h2 = $tls === null ? H2::plain($server) : H2::tls($server);
        $h2->reads = false;
        $streams = array_map(fn () => $h2->request("$prefix/large"), range(1, 10));
        $h2->until(fn () => array_sum($h2->length) >= 65535, 'a full window');
        until('all to be open', fn () => $files($server->pid) >= 10);
        foreach ($streams as $stream) {
            $h2->cancel($stream);
        }
        $gone = until('the files to be closed', fn () => $files($server->pid) === 0);
        check("$kind h2 $way, streams that are cancelled", $gone);
        $h2 = $tls === null ? H2::plain($server) : H2::tls($server);
        array_map(fn () => $h2->request("$prefix/large"), range(1, 10));
        $h2->until(fn () => array_sum($h2->length) > 0, 'the first bytes');
        until('all to be open', fn () => $files($server->pid) >= 10);
        $h2->raw->reset();
        unset($h2);
        $gone = until('the files to be closed', fn () => $files($server->pid) === 0 && $descriptors($server->pid) <= $before);
        check("$kind h2 $way, a connection that is reset", $gone);
    }
    // Each of the handler's 40 requests ends by an exception.
    until('the handlers to hear of it', function () use ($server) {
        $server->read();
        return substr_count($server->stdout, 'ClientGoneException') >= 40;
    });
    $answer = h1($server->url('/large'));
    check("$kind: the server goes on", $answer->isBody(10 << 20));
    echo 'exit ', $server->stop(), "\n", implode("\n", array_unique(explode("\n", trim($server->stdout)))), "\n", $server->stderr;
}
?>
--EXPECT--
plain h1 mount close: yes
plain h1 mount reset: yes
plain h2 mount, streams that are cancelled: yes
plain h2 mount, a connection that is reset: yes
plain h1 sendFile close: yes
plain h1 sendFile reset: yes
plain h2 sendFile, streams that are cancelled: yes
plain h2 sendFile, a connection that is reset: yes
plain: the server goes on: yes
exit 0
Sluice\ClientGoneException: the client went away before the response was complete
tls h1 mount close: yes
tls h1 mount reset: yes
tls h2 mount, streams that are cancelled: yes
tls h2 mount, a connection that is reset: yes
tls h1 sendFile close: yes
tls h1 sendFile reset: yes
tls h2 sendFile, streams that are cancelled: yes
tls h2 sendFile, a connection that is reset: yes
tls: the server goes on: yes
exit 0
Sluice\ClientGoneException: the client went away before the response was complete
