--TEST--
getBody() gives bodies of a known length and chunked ones, over h1 and h2
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => [strlen($r->getBody()), hash("sha256", $r->getBody()), $r->getContentLength(), $r->read()]');
foreach ([0, 1, 16384, 65536, 1000003] as $length) {
    $file = scratch_file('upload');
    file_put_contents($file, Body::of($length));
    foreach (protocols() as $name => $post) {
        foreach (['known' => [], 'chunked' => ['-H', 'Transfer-Encoding: chunked']] as $framing => $extra) {
            if ($name === 'h2' && $framing === 'chunked') {
                continue;
            }
            $answer = $post($server->url(), '--data-binary', "@$file", ...$extra);
            [$got, $sha256, $said, $rest] = json_decode($answer->body, true);
            check("$name $framing $length", $got === $length && $sha256 === Body::sha256($length)
                && $said === ($framing === 'known' ? $length : null) && $rest === null, $answer->body);
        }
    }
}
$h2 = H2::plain($server);
$stream = $h2->request(method: 'POST', end: false);
$h2->data($stream, Body::of(100000));
$h2->data($stream, Body::at(100000, 100000), end: true);
$h2->finish($stream);
echo str_replace(Body::sha256(200000), '<right>', $h2->body[$stream]), "\n";
?>
--EXPECT--
h1 known 0: yes
h1 chunked 0: yes
h2 known 0: yes
h1 known 1: yes
h1 chunked 1: yes
h2 known 1: yes
h1 known 16384: yes
h1 chunked 16384: yes
h2 known 16384: yes
h1 known 65536: yes
h1 chunked 65536: yes
h2 known 65536: yes
h1 known 1000003: yes
h1 chunked 1000003: yes
h2 known 1000003: yes
[200000,"<right>",null,null]
