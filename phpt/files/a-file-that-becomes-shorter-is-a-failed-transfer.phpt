--TEST--
A file that becomes shorter while it is sent ends its connection or its stream, so that no client takes a part for the whole; others go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$size = 16 << 20;
$folder = folder(['small' => 1000]);
$shrink = function () use ($folder) {
    $file = fopen("$folder/file", 'r+');
    ftruncate($file, 1000);
};
foreach (['plain' => null, 'tls' => tls_code()] as $kind => $tls) {
    $server = serve(sending($folder), mounting($folder, "'/mount'"), $tls);
    foreach (WAYS as $way => $prefix) {
        foreach (protocols() as $protocol => $_) {
            file_put_contents("$folder/file", Body::of($size));
            $done = 0;
            // The client has the first bytes, so the head is gone.
            $transfer = download($server->url("$prefix/file"), $protocol === 'h2', [CURLOPT_WRITEFUNCTION => function ($handle, string $bytes) use (&$done, $shrink): int {
                $done === 0 && $shrink();
                $done += strlen($bytes);
                return strlen($bytes);
            }]);
            $isRight = $transfer->status === 200 && $done > 0 && $done < $size && in_array($transfer->error, [18, 56, 92], true);
            check("$kind $protocol $way fails", $isRight, "$transfer, $done bytes");
            $again = download($server->url("$prefix/file"), $protocol === 'h2');
            check("$kind $protocol $way is whole when asked for again", $again->isBody(1000), (string) $again);
        }
        // A raw client sees it too: fewer bytes than were promised, then the end.
        file_put_contents("$folder/file", Body::of($size));
        $client = $tls === null ? Raw::connect($server->addresses[0], 65536) : Raw::tls($server->addresses[0], 65536);
        $client->send("GET $prefix/file HTTP/1.1\r\nHost: x\r\n\r\nGET $prefix/small HTTP/1.1\r\nHost: x\r\n\r\n");
        $head = $client->readUntil("\r\n\r\n");
        $client->readExactly(100000);
        $shrink();
        $rest = $client->readAll();
        $isRight = str_contains($head, "content-length: $size\r\n") && strlen($rest) < $size - 100000 && !str_contains($rest, 'HTTP/1.1');
        check("$kind raw $way", $isRight, strlen($rest));
        // On HTTP/2 that stream is reset, and another of the same connection is not.
        file_put_contents("$folder/file", Body::of($size));
        $h2 = $tls === null ? H2::plain($server) : H2::tls($server);
        $h2->keeps = false;
        $stream = $h2->request("$prefix/file");
        $h2->until(fn () => $h2->length[$stream] > 0, 'the first bytes');
        $shrink();
        $h2->finish($stream);
        check("$kind stream $way is reset", isset($h2->reset[$stream]) && !isset($h2->ended[$stream]) && $h2->length[$stream] < $size, $h2->length[$stream]);
        $other = $h2->request("$prefix/small");
        $h2->finish($other);
        check("$kind another stream goes on", isset($h2->ended[$other]) && $h2->length[$other] === 1000 && $h2->goaway === null);
    }
    echo 'exit ', $server->stop(), "\n";
    $notes = array_count_values(explode("\n", trim($server->stdout)));
    array_walk($notes, fn ($times, $note) => print("$times times $note\n"));
}
?>
--EXPECT--
plain h1 mount fails: yes
plain h1 mount is whole when asked for again: yes
plain h2 mount fails: yes
plain h2 mount is whole when asked for again: yes
plain raw mount: yes
plain stream mount is reset: yes
plain another stream goes on: yes
plain h1 sendFile fails: yes
plain h1 sendFile is whole when asked for again: yes
plain h2 sendFile fails: yes
plain h2 sendFile is whole when asked for again: yes
plain raw sendFile: yes
plain stream sendFile is reset: yes
plain another stream goes on: yes
exit 0
4 times Sluice\ServerException: the file "/file" became shorter while it was sent
tls h1 mount fails: yes
tls h1 mount is whole when asked for again: yes
tls h2 mount fails: yes
tls h2 mount is whole when asked for again: yes
tls raw mount: yes
tls stream mount is reset: yes
tls another stream goes on: yes
tls h1 sendFile fails: yes
tls h1 sendFile is whole when asked for again: yes
tls h2 sendFile fails: yes
tls h2 sendFile is whole when asked for again: yes
tls raw sendFile: yes
tls stream sendFile is reset: yes
tls another stream goes on: yes
exit 0
4 times Sluice\ServerException: the file "/file" became shorter while it was sent
