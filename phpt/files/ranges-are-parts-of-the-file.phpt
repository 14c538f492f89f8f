--TEST--
One range or many, at either end, past it or in disorder: the parts that HTTP says, byte by byte, from a mount and by sendFile()
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$size = 300000;
$folder = folder(['file.txt' => $size, 'empty.txt' => 0]);
$server = serve(sending($folder), mounting($folder, "'/mount'"));
$tag = h1($server->url('/file.txt'))->header('etag');
$spread = fn (int $count) => implode(',', array_map(fn ($i) => $i * 2 . '-' . $i * 2, range(0, $count - 1)));
$table = [
    ['bytes=0-0'], ['bytes=0-299999'], ['bytes=299999-'], ['bytes=100-70000'], ['bytes=-1'], ['bytes=-299999'], ['bytes=-300000'], ['bytes=-300001'],
    ['bytes=0-'], ['bytes=299999-999999999999999999999999'], ['BYTES = 1-2'],
    // More than one.
    ['bytes=0-0,-1'], ['bytes=1000-1999,5-9,100000-299999'], ['bytes=0-4, ,10-14,'], ['bytes=0-9,5-19'], ['bytes=0-9,10-19'], ['bytes=5-9,0-99999,299000-'],
    ['bytes=0-,0-,0-,0-'], ["bytes={$spread(32)}"], ["bytes={$spread(33)}"], ['bytes=400000-,7-8'],
    // None that is there.
    ['bytes=300000-'], ['bytes=-0'], ['bytes=400000-500000,300000-'],
    // None that makes sense.
    ['bytes=5-4'], ['bytes='], ['bytes'], ['lines=0-9'], ['bytes=a-b'], ['bytes=0-9,x'], ['bytes=-'], ['bytes=+1-2'], ['bytes=0-9', 'Range: bytes=5-9'],
    // Only for the state that the client has.
    ['bytes=0-9', "If-Range: $tag"], ['bytes=0-9', "If-Range: W/$tag"], ['bytes=0-9', 'If-Range: "other"'], ['bytes=0-9', 'If-Range: ' . LONG_AGO_DATE],
    ['bytes=0-9', 'If-Range: Sun, 09 Sep 2001 01:46:41 GMT'], ['bytes=400000-', 'If-Range: "other"'],
];
foreach ($table as $fields) {
    $fields[0] = "Range: $fields[0]";
    $arguments = array_merge(...array_map(fn ($field) => ['-H', $field], $fields));
    $shares = [];
    foreach (protocols() as $protocol => $get) {
        foreach (WAYS as $way => $prefix) {
            $answer = $get($server->url("$prefix/file.txt"), ...$arguments);
            $shares["$protocol $way"] = share($answer, $size);
            $isRight = $answer->header('content-length') === (string) strlen($answer->body) && $answer->header('accept-ranges') === 'bytes'
                && $answer->header('etag') === $tag && $answer->header('last-modified') === LONG_AGO_DATE;
            if ($answer->header('content-range') === null && $answer->status === 206) {
                $types = array_unique(array_column(byteranges($answer), 1));
                $isRight = $isRight && $types === ['text/plain; charset=utf-8'];
            } elseif ($answer->status !== 416) {
                $isRight = $isRight && $answer->header('content-type') === 'text/plain; charset=utf-8';
            }
            $isRight || print("$protocol $way: WRONG HEADERS " . json_encode($answer->headers) . "\n");
        }
    }
    $line = str_replace($tag, '"TAG"', implode('; ', $fields));
    $shared = implode(' or ', array_unique($shares));
    $count = substr_count($shared, ' and ') + 1;
    echo strlen($line) > 90 ? substr($line, 0, 20) . '...' . substr($line, -6) : $line, ': ', $count > 4 ? "$count parts, " . (str_contains($shared, 'WRONG') ? $shared : 'all right') : $shared, "\n";
}
foreach (['bytes=0-', 'bytes=-5', 'bytes=0-0'] as $range) {
    $shares = array_map(fn ($prefix) => share(h1($server->url("$prefix/empty.txt"), '-H', "Range: $range"), 0), WAYS);
    echo "empty, $range: ", implode(' or ', array_unique($shares)), "\n";
}
$head = h1($server->url('/mount/file.txt'), '-I', '-H', 'Range: bytes=0-9');
echo "HEAD: $head->status {$head->header('content-length')}\n";

// A download that was broken off goes on where it was.
foreach (protocols() as $protocol => $get) {
    $file = scratch_file('half');
    file_put_contents($file, Body::of(123456));
    $option = $protocol === 'h1' ? '--http1.1' : '--http2-prior-knowledge';
    [$exit] = command(['curl', '-q', '-sS', '--noproxy', '*', $option, '-C', '-', '-o', $file, $server->url('/mount/file.txt')]);
    check("$protocol: curl -C - goes on", $exit === 0 && hash_file('sha256', $file) === Body::sha256($size), $exit);
}
$server->finish();
?>
--EXPECT--
Range: bytes=0-0: 206 0-0/300000
Range: bytes=0-299999: 206 0-299999/300000
Range: bytes=299999-: 206 299999-299999/300000
Range: bytes=100-70000: 206 100-70000/300000
Range: bytes=-1: 206 299999-299999/300000
Range: bytes=-299999: 206 1-299999/300000
Range: bytes=-300000: 206 0-299999/300000
Range: bytes=-300001: 206 0-299999/300000
Range: bytes=0-: 206 0-299999/300000
Range: bytes=299999-999999999999999999999999: 206 299999-299999/300000
Range: BYTES = 1-2: 206 1-2/300000
Range: bytes=0-0,-1: 206 0-0/300000 and 299999-299999/300000
Range: bytes=1000-1999,5-9,100000-299999: 206 1000-1999/300000 and 5-9/300000 and 100000-299999/300000
Range: bytes=0-4, ,10-14,: 206 0-4/300000 and 10-14/300000
Range: bytes=0-9,5-19: 206 0-19/300000
Range: bytes=0-9,10-19: 206 0-19/300000
Range: bytes=5-9,0-99999,299000-: 206 0-99999/300000 and 299000-299999/300000
Range: bytes=0-,0-,0-,0-: 206 0-299999/300000
Range: bytes=0-0,2-2...,62-62: 32 parts, all right
Range: bytes=0-0,2-2...,64-64: 200 whole
Range: bytes=400000-,7-8: 206 7-8/300000
Range: bytes=300000-: 416 of 300000
Range: bytes=-0: 416 of 300000
Range: bytes=400000-500000,300000-: 416 of 300000
Range: bytes=5-4: 200 whole
Range: bytes=: 200 whole
Range: bytes: 200 whole
Range: lines=0-9: 200 whole
Range: bytes=a-b: 200 whole
Range: bytes=0-9,x: 200 whole
Range: bytes=-: 200 whole
Range: bytes=+1-2: 200 whole
Range: bytes=0-9; Range: bytes=5-9: 200 whole
Range: bytes=0-9; If-Range: "TAG": 206 0-9/300000
Range: bytes=0-9; If-Range: W/"TAG": 200 whole
Range: bytes=0-9; If-Range: "other": 200 whole
Range: bytes=0-9; If-Range: Sun, 09 Sep 2001 01:46:40 GMT: 206 0-9/300000
Range: bytes=0-9; If-Range: Sun, 09 Sep 2001 01:46:41 GMT: 200 whole
Range: bytes=400000-; If-Range: "other": 200 whole
empty, bytes=0-: 416 of 0
empty, bytes=-5: 200 whole
empty, bytes=0-0: 416 of 0
HEAD: 200 300000
h1: curl -C - goes on: yes
h2: curl -C - goes on: yes
exit 0
