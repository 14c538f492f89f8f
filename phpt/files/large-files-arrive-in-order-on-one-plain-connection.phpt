--TEST--
Large files on plain HTTP/1, which the kernel sends, arrive in order among other answers: pipelined, in parts, for HEAD, over a unix socket, to slow readers and beside compression
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$large = 10 << 20;
$hex = Hex::of(3 << 20);
$folder = folder(['large.bin' => $large, 'middle.bin' => 700001, 'small.bin' => 10, 'large.txt' => $hex]);
$socket = scratch_file('socket');
$handler = sending($folder);
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server(compression: new Sluice\Compression());
    \$server->mount(new Sluice\Files('$folder', '/mount'));
    \$server->handle($handler);
    say(\$server->listen('tcp://127.0.0.1:0'), \$server->listen('unix://$socket'));
    \$server->start();
    PHP);

/** Asks for all at once; checks each answer as it comes. */
function pipelined(string $address, array $wanted, string $name): void
{
    $client = Raw::connect($address, 65536);
    foreach ($wanted as [$line, $fields]) {
        $client->send("$line HTTP/1.1\r\nHost: x\r\n$fields\r\n");
    }
    foreach ($wanted as [$line, , $isRight]) {
        $answer = $client->answer(str_starts_with($line, 'HEAD'));
        $isRight($answer) || print("$name, $line: WRONG $answer->status, " . strlen($answer->body) . " bytes, exit $answer->exit\n");
    }
    echo "$name: ", count($wanted), " answers\n";
}

$whole = fn (int $size) => fn (Answer $answer) => $answer->status === 200 && $answer->isBody($size);
$part = fn (string $expected) => fn (Answer $answer) => share($answer, 10 << 20) === $expected;
$wanted = [];
foreach (WAYS as $prefix) {
    array_push(
        $wanted,
        ["GET $prefix/large.bin", '', $whole($large)],
        ["GET $prefix/small.bin", '', $whole(10)],
        ["HEAD $prefix/large.bin", '', fn ($answer) => $answer->header('content-length') === "$large" && $answer->status === 200],
        ["GET $prefix/middle.bin", '', $whole(700001)],
        ["GET $prefix/large.bin", "Range: bytes=1048577-9000000\r\n", $part('206 1048577-9000000/10485760')],
        ["GET $prefix/large.bin", "Range: bytes=5000000-5999999,1-1048576,-300000,7000000-7000009\r\n",
            $part('206 5000000-5999999/10485760 and 1-1048576/10485760 and 10185760-10485759/10485760 and 7000000-7000009/10485760')],
        ['GET /handled', '', fn ($answer) => $answer->status === 200 && $answer->body !== ''],
        // One that is coded as it is sent, and the same as it is.
        ["GET $prefix/large.txt", "Accept-Encoding: gzip\r\n", fn ($answer) => $answer->header('content-encoding') === 'gzip' && gzdecode($answer->body) === $hex],
        ["GET $prefix/large.txt", '', fn ($answer) => $answer->header('content-encoding') === null && $answer->body === $hex],
        ["GET $prefix/none", '', fn ($answer) => $answer->status === 500],
        ["GET $prefix/large.bin", "Accept-Encoding: gzip\r\n", $whole($large)],
        ["GET $prefix/large.txt", "Range: bytes=100000-2000000\r\nAccept-Encoding: gzip\r\n", fn ($answer) => $answer->status === 206 && $answer->body === substr($hex, 100000, 1900001)],
    );
}
foreach (['tcp', 'unix'] as $at => $name) {
    pipelined($server->addresses[$at], $wanted, $name);
}
foreach (WAYS as $way => $prefix) {
    foreach ([
        'HTTP/1.0' => ['-0'], 'HTTP/1.0 that stays' => ['-0', '-H', 'Connection: keep-alive'], 'HTTP/1.1 that goes' => ['-H', 'Connection: close'],
        'unix' => ['--unix-socket', $socket], 'slow' => ['--limit-rate', '12M'], 'cut small' => ['--limit-rate', '20M', '--tcp-nodelay'],
    ] as $name => $arguments) {
        $answer = curl($server->url("$prefix/large.bin"), ...$arguments);
        check("$way, $name", $answer->status === 200 && $answer->exit === 0 && $answer->isBody($large), "$answer->status $answer->error");
    }
}
// Clients that wait for each other's bytes: all at once, each on a connection of its own.
$transfers = together(array_fill(0, 8, $server->url('/mount/large.bin')));
check('eight at once', array_filter($transfers, fn ($transfer) => !$transfer->isBody($large)) === [], array_map(strval(...), $transfers));
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
tcp: 24 answers
unix: 24 answers
mount, HTTP/1.0: yes
mount, HTTP/1.0 that stays: yes
mount, HTTP/1.1 that goes: yes
mount, unix: yes
mount, slow: yes
mount, cut small: yes
sendFile, HTTP/1.0: yes
sendFile, HTTP/1.0 that stays: yes
sendFile, HTTP/1.1 that goes: yes
sendFile, unix: yes
sendFile, slow: yes
sendFile, cut small: yes
eight at once: yes
exit 0
