--TEST--
getParsedBody() and getUploadedFiles() are what $_POST and $_FILES are for the same body, oddities included
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(TELLS_FORM);
$file = scratch_file('index.php');
file_put_contents($file, <<<'PHP'
    <?php
    // PHP's arrays of names, types and sizes, turned into one of files.
    function files($name, $type, $size, $error, $tmp_name) {
        if (is_array($name)) return array_map(files(...), $name, $type, $size, $error, $tmp_name) === [] ? []
            : array_combine(array_keys($name), array_map(files(...), $name, $type, $size, $error, $tmp_name));
        return ['name' => $error ? null : $name, 'type' => $type === '' ? null : $type, 'size' => $size, 'error' => $error,
            'hash' => $error ? null : hash_file('sha256', $tmp_name)];
    }
    $files = array_map(fn ($file) => files($file['name'], $file['type'], $file['size'], $file['error'], $file['tmp_name']), $_FILES);
    echo json_encode(['fields' => $_POST, 'files' => $files], JSON_INVALID_UTF8_SUBSTITUTE);
    PHP);
$php = ServerProcess::run(<<<PHP
    \$command = array_filter(explode("\\0", file_get_contents('/proc/self/cmdline')), fn (\$a) => \$a !== '');
    \$at = array_search('-f', \$command);
    pcntl_exec(PHP_BINARY, [...array_slice(\$command, 1, \$at - 1), '-d', 'display_errors=0', '-S', '127.0.0.1:0', '$file']);
    PHP, listens: false);
$php->waitFor(') started');
preg_match('~http://[\d.]+:\d+~', $php->stderr, $oracle);

$url = 'Content-Type: application/x-www-form-urlencoded';
$deep = 'a' . str_repeat('[x]', 63) . '=63&b' . str_repeat('[x]', 64) . '=64&c' . str_repeat('[x]', 70) . '=70';
$bodies = [];
foreach ([
    'a=1&a=2', 'a[]=1&a[]=2&a[7]=3&a[]=4', 'a[b][]=c&a[b][]=d&a[e]=f', 'a.b=1&c+d=2&e%20f=3&%20lead=4', 'a[=1&b]=2&c[d=3&e[f]g=4',
    'a=1;b=2&c', '=x&&&=&a', 'a%00b=1&c=d%00e', 'n=%C3%A9%zz%&m=%E9', 'a[b]=1&a=2', 'a=2&a[b]=1', 'a%5B%5D=1&a%5bx%5d=2', $deep,
    'a[b.c]=1&a.b[c.d]=2', 'GLOBALS[x]=1&this=2&_POST=3', 'a[][b]=1&a[][b]=2', "line\r\nbreak=1\r\n2", '1=a&2[]=b&-3=c', 'a[-5]=x&a[]=y', '',
] as $body) {
    $bodies["url $body"] = raw_body($body, $url);
}
$bodies['charset'] = raw_body('a=1', "$url; charset=UTF-8");
$bodies['another type'] = raw_body('a=1', 'Content-Type: text/plain');
$text = fn (string $rest) => part($rest, "content of $rest");
foreach ([
    'fields' => [part('name="a"', '1'), part('name="b[]"', '2'), part('name="b[]"', '3'), part('name=c', ''), part("name='d d'", '4')],
    'odd names' => [part('name="a.b c[d.e]"', '1'), part('name="q\"uote"', '2'), part('name="C:\dir"', '3'), part('name=""', '4'), part('name="x\\\\y"', '5')],
    'content' => [part('name=a', "\r\n--limi\r\n--\r\n\0\xff\r"), part('name=b', "--limi")],
    'headers' => [part(['CONTENT-DISPOSITION' => 'form-data; NAME=a', 'X-Other' => 'x'], '1'), part(['Content-Disposition' => "form-data;\r\n name=\"folded\""], '2')],
    'one file' => [$text('name="f"; filename="x.txt"')],
    'files' => [$text('name="f[]"; filename="x.txt"'), $text('name="f[]"; filename="y.txt"'), $text('name="f[k]"; filename="z"')],
    'nested files' => [$text('name="f[a][b]"; filename="1"'), $text('name="f[a][]"; filename="2"'), $text('name="f[a][]"; filename="3"'), $text('name="g.h[i j]"; filename="4"')],
    'unsound files' => [$text('name="f["; filename="1"'), $text('name="f]"; filename="2"'), $text('name="f[a]b"; filename="3"'), $text('name="f[a[b]]"; filename="4"')],
    'equal names' => [$text('name="f"; filename="1"'), $text('name="f"; filename="2"'), $text('name="g"; filename="3"'), $text('name="g[]"; filename="4"')],
    'paths' => [$text('name="a"; filename="C:\dir\x.txt"'), $text('name="b"; filename="../../etc/passwd"'), $text('name="c"; filename="a\b/c"')],
    'types' => [part(['Content-Disposition' => 'form-data; name="a"; filename="1"', 'Content-Type' => 'image/png; x=y'], 'png'), part(['Content-Disposition' => 'form-data; name="b"; filename="2"', 'content-TYPE' => 'text/plain'], ''), part('name="c"; filename="3"', "\r\n")],
    'no file' => [part('name="f"; filename=""', ''), part('name="g[]"; filename=""', ''), part('name="h"; filename=x', 'y')],
    'no name' => [$text('filename="1"'), $text('filename="2"'), part('name="x"', 'y')],
    'no disposition' => [part(['Content-Type' => 'text/plain'], 'lost'), part('name="x"', 'y')],
    'star' => [part('name="f"; filename*=utf-8\'\'x.txt', 'a field')],
    'large' => [part('name="f"; filename="x"', Body::of(300000)), part('name="g"; filename="y"', Body::of(65536)), part('name="t"', bin2hex(Body::of(50000)))],
    'nothing' => [],
] as $name => $parts) {
    $bodies["form $name"] = raw_body(multipart(...$parts));
}
$bodies['preamble and epilogue'] = raw_body("before\r\n" . multipart(part('name=a', '1')) . "after\r\n--limit\r\n");
$bodies['quoted boundary'] = raw_body(str_replace('limit', 'li mit', multipart(part('name=a', '1'))), 'Content-Type: Multipart/Form-Data; charset=x; boundary="li mit"');
$agreed = 0;
foreach ($bodies as $name => $arguments) {
    $expected = h1($oracle[0], ...$arguments)->body;
    foreach (protocols() as $protocol => $send) {
        $got = $send($server->url(), ...$arguments)->body;
        // A body that is no form is null, where PHP has no fields.
        $got = str_replace('{"fields":null', '{"fields":[]', $got);
        $same = json_decode($got) == json_decode($expected) && ($got === $expected || json_last_error() === 0);
        $same ? $agreed++ : printf("%s over %s:\n  sluice %.300s\n  php    %.300s\n", $name, $protocol, $got, $expected);
    }
}
echo $agreed === 2 * count($bodies) ? 'all agree' : "$agreed agree", "\n", $server->stderr;
?>
--EXPECT--
all agree
