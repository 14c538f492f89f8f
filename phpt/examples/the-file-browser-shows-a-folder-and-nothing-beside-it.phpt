--TEST--
examples/files.php: listings whose links lead to every file and folder whatever their names, downloads under these names, and nothing outside
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$names = ['plain.txt', '<script>alert(1)</script>.html', "a&b \"c\" 'd'.txt", 'ü.txt', '100%25.txt', '#x?y=z.txt', 'javascript:alert(2)', '{}$ %s %1$s', "\xff.bin", 'a..b'];
$files = ['../secret' => 'SECRET', '.env' => 'SECRET', 'back\\slash' => 'SECRET', 'odd <b>&/deep/x.txt' => 'deep'];
foreach ($names as $i => $name) {
    $name = str_replace('/', "\u{2215}", $name);
    $files[$name] = $names[$i] = $name;
    $files[$name] = "content of $i";
}
$top = folder(['root/large' => 3000000]);
$folder = "$top/root";
foreach ($files as $name => $content) {
    is_dir(dirname("$folder/$name")) || mkdir(dirname("$folder/$name"), recursive: true);
    file_put_contents("$folder/$name", $content);
    touch("$folder/$name", LONG_AGO);
}
symlink('plain.txt', "$folder/link");
symlink('../secret', "$folder/out");
symlink('..', "$folder/up");
symlink('nowhere', "$folder/dangling");
$example = dirname(__DIR__, 2) . '/examples/files.php';
$server = ServerProcess::run('date_default_timezone_set("UTC"); $argv = ["", "127.0.0.1:0", ' . var_export($folder, true) . ']; require ' . var_export($example, true) . ';');

$answer = h1($server->url('/'));
echo "$answer->status to {$answer->header('location')}\n";
foreach (protocols() as $protocol => $get) {
    $page = $get($server->url('/files/'));
    check("$protocol: a page", $page->status === 200 && $page->header('content-type') === 'text/html; charset=utf-8', $page->headers);
    check('with no element of a name', !str_contains($page->body, '<script') && !str_contains($page->body, '<b>'));
    check('and no secret', !preg_match('/SECRET|secret|\.env|slash|>out|>up|dangling/', $page->body), $page->body);
    check('size and date', str_contains($page->body, '<td class="size">3,000,000<') && str_contains($page->body, '2001-09-09 01:46'));
    preg_match_all('~<a href="([^"]*)">([^<]*)</a>~', $page->body, $links, PREG_SET_ORDER);
    $shown = $saved = [];
    foreach ($links as [, $url, $label]) {
        $answer = $get($server->url(html_entity_decode($url)));
        $label = html_entity_decode($label, ENT_QUOTES | ENT_HTML5);
        if ($label === 'save') {
            $last = array_key_last($shown);
            $saved[] = [$last, $answer->body === $shown[$last]->body, $answer->header('content-disposition')];
        } else {
            $shown[$label] = $answer;
        }
    }
    $same = array_filter($names, fn ($name) => ($shown[str_replace("\xff", "\u{fffd}", $name)]->body ?? null) === $files[$name]);
    check('every link leads to its file', $same === $names, array_diff($names, $same));
    check('links inside too', $shown['link']->body === $files['plain.txt'] && $shown['large']->isBody(3000000));
    check('each can be saved', count($saved) === count($names) + 2 && array_column($saved, 1) === array_fill(0, count($saved), true), $saved);
    $deep = $get($server->url('/files/odd%20%3Cb%3E%26/deep/'));
    preg_match_all('~<a href="([^"]*)">([^<]*)</a>~', $deep->body, $links);
    echo implode(' ', $links[1]), "\n";
    check('a folder without its slash', $get($server->url('/files/odd%20%3Cb%3E%26'))->status === 301);
    $part = $get($server->url('/download/large'), '-r', '1000000-1999999');
    check('a part of a download', $part->status === 206 && $part->body === Body::at(1000000, 1000000), (string) $part->status);
    foreach ([
        '/files/../secret', '/files/%2e%2e/secret', '/files/..%2fsecret', '/files/up/secret', '/files/up/', '/files/out', '/files/.env', '/files/back%5cslash', '/files/x%00',
        '/download/../secret', '/download/%2e%2e/secret', '/download/..%2fsecret', '/download/..%5csecret', '/download/up/secret', '/download/out', '/download/.env',
        '/download/back%5cslash', '/download/plain.txt%00', '/download/', '/download/odd%20%3Cb%3E%26', '/download//etc/passwd', '/download/none', '/none', '/files/none/',
        '/files/plain.txt/', '//etc/passwd',
    ] as $path) {
        $answer = $get($server->url($path), '--path-as-is');
        "$answer" === '404 There is nothing here.' || print("$path: $answer\n");
    }
    echo 'POST: ', $get($server->url('/files/plain.txt'), '-d', 'x=1'), "\n";
}
foreach ($saved as [$name, , $disposition]) {
    echo "$name: $disposition\n";
}
echo 'exit ', $server->stop(SIGINT), "\n", $server->stdout, $server->stderr;
?>
--EXPECT--
302 to /files/
h1: a page: yes
with no element of a name: yes
and no secret: yes
size and date: yes
every link leads to its file: yes
links inside too: yes
each can be saved: yes
../ /files/odd%20%3Cb%3E%26/deep/x.txt /download/odd%20%3Cb%3E%26/deep/x.txt
a folder without its slash: yes
a part of a download: yes
POST: 404 There is nothing here.
h2: a page: yes
with no element of a name: yes
and no secret: yes
size and date: yes
every link leads to its file: yes
links inside too: yes
each can be saved: yes
../ /files/odd%20%3Cb%3E%26/deep/x.txt /download/odd%20%3Cb%3E%26/deep/x.txt
a folder without its slash: yes
a part of a download: yes
POST: 404 There is nothing here.
#x?y=z.txt: attachment; filename="#x?y=z.txt"
100%25.txt: attachment; filename="100_25.txt"; filename*=UTF-8''100%2525.txt
<script>alert(1)<∕script>.html: attachment; filename="<script>alert(1)<_script>.html"; filename*=UTF-8''%3Cscript%3Ealert%281%29%3C%E2%88%95script%3E.html
a&b "c" 'd'.txt: attachment; filename="a&b 'c' 'd'.txt"; filename*=UTF-8''a&b%20%22c%22%20%27d%27.txt
a..b: attachment; filename="a..b"
javascript:alert(2): attachment; filename="javascript:alert(2)"
large: attachment; filename="large"
link: attachment; filename="link"
plain.txt: attachment; filename="plain.txt"
{}$ %s %1$s: attachment; filename="{}$ _s _1$s"; filename*=UTF-8''%7B%7D$%20%25s%20%251$s
ü.txt: attachment; filename="_.txt"; filename*=UTF-8''%C3%BC.txt
�.bin: attachment; filename="download"
exit 0
