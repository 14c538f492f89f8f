--TEST--
getParts() gives the parts of any multipart body as they arrive, holds the client back, and skips what is not read
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $told = [];
        foreach ($request->getParts() as $number => $part) {
            note("part $number");
            $length = 0;
            $hash = hash_init('sha256');
            switch ($part->getName()) {
                case 'skipped': continue 2;
                case 'peek': $told[] = $part->read(3); continue 2;
                case 'whole': $told[] = attempt(fn () => strlen($part->getContents())) . ' then ' . json_encode($part->read()); continue 2;
            }
            while (($piece = $part->read(1000)) !== null) {
                $length += strlen($piece) <= 1000 ? strlen($piece) : -1e9;
                hash_update($hash, $piece);
                if ($length === strlen($piece)) note('first piece');
            }
            $told[] = [$part->getName(), $part->getClientFilename(), $part->getClientMediaType(), $part->getHeaders(), $length, hash_final($hash)];
        }
        return $told;
    }
    PHP, 'new Sluice\Server(limits: new Sluice\Limits(body: 1 << 30), uploads: new Sluice\Uploads(fields: 0, files: 0, fileSize: 0, fieldSize: 5000))');
$parts = [
    part('name="a"; filename="C:\x\y.bin"', Body::of(100000)), part('name=skipped', Body::of(300000)), part('name=whole', Body::of(5000)),
    part('name=peek', 'abcdefgh'), part(['Content-Type' => 'text/x; y', 'X-A' => '1', 'x-a' => '2'], ''), part('name=whole', Body::of(5001)),
];
$expected = [
    ['a', 'y.bin', null, ['content-disposition' => ['form-data; name="a"; filename="C:\x\y.bin"']], 100000, Body::sha256(100000)],
    'returned 5000 then null', 'abc',
    [null, null, 'text/x', ['content-type' => ['text/x; y'], 'x-a' => ['1', '2']], 0, Body::sha256(0)],
];
foreach (['form-data', 'mixed', 'related'] as $type) {
    foreach (protocols() as $protocol => $send) {
        $answer = $send($server->url(), ...raw_body(multipart(...$parts), "Content-Type: multipart/$type; boundary=limit"));
        $got = json_decode($answer->body, true);
        $last = is_array($got) ? array_pop($got) : null;
        check("$protocol $type", $got === $expected, (string) $answer);
    }
}
echo "$last\n";

// Part by part: each is there before the next is sent.
$server->read();
$server->stdout = '';
$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/mixed; boundary=limit\r\nTransfer-Encoding: chunked\r\n\r\n");
foreach (str_split(multipart(part('name=a', 'first'), part('name=b', Body::of(3000))), 1) as $at => $byte) {
    $client->send("1\r\n$byte\r\n");
    if ($at === strlen(part('name=a', 'fi'))) $server->waitFor('first piece', 1);
}
$client->send("0\r\n\r\n");
$got = json_decode($client->answer()->body, true);
check('byte by byte', $got[0][4] === 5 && $got[1][5] === Body::sha256(3000), $got);

// A part that nobody reads is not taken in.
$server2 = serve('function ($r) { foreach ($r->getParts() as $p) { note("part"); Sluice\delay(60); } }', 'new Sluice\Server(limits: new Sluice\Limits(body: 1 << 30))');
$client = Raw::connect($server2->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/mixed; boundary=limit\r\nContent-Length: 500000000\r\n\r\n--limit\r\n\r\n");
$server2->waitFor('part');
$before = resident($server2->pid);
$taken = $client->offer(str_repeat(Body::of(1 << 20), 64), 1.0);
check('the client is held back', $taken < 64 << 20, $taken);
check('memory stays', resident($server2->pid) - $before < 1 << 20);
echo $server->stderr;
?>
--EXPECT--
h1 form-data: yes
h2 form-data: yes
h1 mixed: yes
h2 mixed: yes
h1 related: yes
h2 related: yes
Sluice\BodyTooLargeException: the part is larger than the limit of 5000 bytes (Uploads: fieldSize): take it by read() then null
byte by byte: yes
the client is held back: yes
memory stays: yes
