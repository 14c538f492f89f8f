--TEST--
Conditions are answered with 304 and 412 as HTTP says, from a mount and by sendFile(), and a handler's own tag and date count
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$size = 100000;
$folder = folder(['file.txt' => $size, 'fresh.txt' => 10]);
$files = var_export($folder, true);
$handler = <<<PHP
    function (\$request, \$response) {
        if (str_starts_with(\$request->getPath(), '/own')) {
            \$response->setHeader('ETag', '"own"')->setHeader('Last-Modified', 'Sun, 06 Nov 1994 08:49:37 GMT')->setHeader('Cache-Control', 'no-cache');
            \$response->setHeader('Content-Language', 'en')->setContentDisposition('x.txt');
        }
        \$response->sendFile('$folder/' . basename(\$request->getPath()));
    }
    PHP;
$server = serve($handler, mounting($folder, "'/mount', cacheControl: 'no-cache'"));
$now = h1($server->url('/mount/file.txt'));
$tag = $now->header('etag');
check('the tag is strong', (bool) preg_match('~^"[!#-\x7e]+"$~', $tag), $tag);
check('the date is that of the file', $now->header('last-modified') === LONG_AGO_DATE, $now->header('last-modified'));
check('sendFile() has the same', h1($server->url('/file.txt'))->header('etag') === $tag);
[$before, $after] = ['Sun, 09 Sep 2001 01:46:39 GMT', 'Sun, 09 Sep 2001 01:46:41 GMT'];
$table = [
    [], ["If-None-Match: $tag"], ["If-None-Match: W/$tag"], ["If-None-Match: \"a\", \"b,\" , $tag"], ['If-None-Match: "a"', "If-None-Match: $tag"],
    ['If-None-Match: *'], ['If-None-Match: "a"'], ['If-None-Match: ' . trim($tag, '"')], ['If-None-Match;'],
    ['If-Modified-Since: ' . LONG_AGO_DATE], ["If-Modified-Since: $after"], ["If-Modified-Since: $before"], ['If-Modified-Since: yesterday'],
    ['If-Modified-Since: Sunday, 09-Sep-01 01:46:40 GMT'], ['If-Modified-Since: Sun Sep  9 01:46:40 2001'],
    ["If-Match: $tag"], ["If-Match: W/$tag"], ['If-Match: *'], ['If-Match: "a"'], ["If-Match: \"a\", $tag"],
    ['If-Unmodified-Since: ' . LONG_AGO_DATE], ["If-Unmodified-Since: $before"], ["If-Unmodified-Since: $after"], ['If-Unmodified-Since: tomorrow'],
    // A tag says more than a date, and who must match comes first.
    ['If-None-Match: "a"', 'If-Modified-Since: ' . LONG_AGO_DATE], ["If-None-Match: $tag", "If-Modified-Since: $before"],
    ["If-Match: $tag", "If-Unmodified-Since: $before"], ['If-Match: "a"', "If-None-Match: $tag"], ["If-Match: $tag", "If-None-Match: $tag"],
    // A range matters only when the conditions hold.
    ["If-None-Match: $tag", 'Range: bytes=0-9'], ['If-None-Match: "a"', 'Range: bytes=0-9'], ['If-Match: "a"', 'Range: bytes=0-9'],
    ["If-None-Match: $tag", 'Range: bytes=100000-'],
];
foreach ($table as $fields) {
    $arguments = array_merge(...array_map(fn ($field) => ['-H', $field], $fields));
    $shares = [];
    foreach (protocols() as $protocol => $get) {
        foreach (WAYS as $way => $prefix) {
            $answer = $get($server->url("$prefix/file.txt"), ...$arguments);
            $shares["$protocol $way"] = share($answer, $size);
            // RFC 9110 section 15.4.5: these are said again, and what is about the body is not.
            if ($answer->status === 304) {
                $isRight = $answer->header('etag') === $tag && $answer->header('date') !== null && $answer->header('content-type') === null
                    && $answer->header('content-length') === null && $answer->header('cache-control') === ($way === 'mount' ? 'no-cache' : null);
                $isRight || print("$protocol $way: WRONG 304 " . json_encode($answer->headers) . "\n");
            }
            $head = $get($server->url("$prefix/file.txt"), '-I', ...$arguments);
            $head->status === ($answer->status === 206 ? 200 : $answer->status) || print("$protocol $way: HEAD DIFFERS $head->status\n");
        }
    }
    echo str_replace($tag, '"TAG"', implode('; ', $fields)), ': ', implode(' or ', array_unique($shares)), "\n";
}
echo "\nof one's own\n";
foreach ([['If-None-Match: "own"'], ["If-None-Match: $tag"], ['If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT'], ['If-Match: "own"'], ["If-Match: $tag"], ['If-Range: "own"', 'Range: bytes=0-9']] as $fields) {
    $answer = h1($server->url('/own/file.txt'), ...array_merge(...array_map(fn ($field) => ['-H', $field], $fields)));
    $names = array_keys($answer->headers);
    sort($names);
    echo str_replace($tag, '"TAG"', implode('; ', $fields)), ': ', share($answer, $size), ', ', implode(' ', $names), "\n";
}
echo "\na file that was just written\n";
$until = time() + 60;
touch("$folder/fresh.txt", $until);
foreach (WAYS as $way => $prefix) {
    $answer = h1($server->url("$prefix/fresh.txt"));
    $fresh = $answer->header('etag');
    check("$way: its tag is weak", str_starts_with($fresh, 'W/"'), $fresh);
    check("$way: its date is not in the future", strtotime($answer->header('last-modified')) <= time());
    echo share(h1($server->url("$prefix/fresh.txt"), '-H', "If-None-Match: $fresh"), 10), ', ';
    echo share(h1($server->url("$prefix/fresh.txt"), '-H', "If-Match: $fresh"), 10), ', ';
    echo share(h1($server->url("$prefix/fresh.txt"), '-H', "If-Range: $fresh", '-r', '0-4'), 10), "\n";
}
file_put_contents("$folder/fresh.txt", Body::of(11));
touch("$folder/fresh.txt", LONG_AGO);
check('another size is another tag', h1($server->url('/mount/fresh.txt'))->header('etag') !== str_replace('W/', '', $fresh));
$tag = h1($server->url('/mount/fresh.txt'))->header('etag');
touch("$folder/fresh.txt", LONG_AGO + 1);
echo share(h1($server->url('/mount/fresh.txt'), '-H', "If-None-Match: $tag"), 11), "\n";
$server->finish();
?>
--EXPECT--
the tag is strong: yes
the date is that of the file: yes
sendFile() has the same: yes
: 200 whole
If-None-Match: "TAG": 304
If-None-Match: W/"TAG": 304
If-None-Match: "a", "b," , "TAG": 304
If-None-Match: "a"; If-None-Match: "TAG": 304
If-None-Match: *: 304
If-None-Match: "a": 200 whole
If-None-Match: 186a0-3b9aca00.0: 200 whole
If-None-Match;: 200 whole
If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT: 304
If-Modified-Since: Sun, 09 Sep 2001 01:46:41 GMT: 304
If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT: 200 whole
If-Modified-Since: yesterday: 200 whole
If-Modified-Since: Sunday, 09-Sep-01 01:46:40 GMT: 304
If-Modified-Since: Sun Sep  9 01:46:40 2001: 304
If-Match: "TAG": 200 whole
If-Match: W/"TAG": 412
If-Match: *: 200 whole
If-Match: "a": 412
If-Match: "a", "TAG": 200 whole
If-Unmodified-Since: Sun, 09 Sep 2001 01:46:40 GMT: 200 whole
If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT: 412
If-Unmodified-Since: Sun, 09 Sep 2001 01:46:41 GMT: 200 whole
If-Unmodified-Since: tomorrow: 200 whole
If-None-Match: "a"; If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT: 200 whole
If-None-Match: "TAG"; If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT: 304
If-Match: "TAG"; If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT: 200 whole
If-Match: "a"; If-None-Match: "TAG": 412
If-Match: "TAG"; If-None-Match: "TAG": 304
If-None-Match: "TAG"; Range: bytes=0-9: 304
If-None-Match: "a"; Range: bytes=0-9: 206 0-9/100000
If-Match: "a"; Range: bytes=0-9: 412
If-None-Match: "TAG"; Range: bytes=100000-: 304

of one's own
If-None-Match: "own": 304, cache-control date etag last-modified
If-None-Match: "TAG": 200 whole, accept-ranges cache-control content-disposition content-language content-length content-type date etag last-modified
If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT: 304, cache-control date etag last-modified
If-Match: "own": 200 whole, accept-ranges cache-control content-disposition content-language content-length content-type date etag last-modified
If-Match: "TAG": 412, cache-control content-length date etag last-modified
If-Range: "own"; Range: bytes=0-9: 206 0-9/100000, accept-ranges cache-control content-disposition content-language content-length content-range content-type date etag last-modified

a file that was just written
mount: its tag is weak: yes
mount: its date is not in the future: yes
304, 412, 200 whole
sendFile: its tag is weak: yes
sendFile: its date is not in the future: yes
304, 412, 200 whole
another size is another tag: yes
200 whole
exit 0
