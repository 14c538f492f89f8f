--TEST--
examples/site: the files with their types and tags, the download to the byte, the stats; no other file, whatever the path
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$site = dirname(__DIR__, 2) . '/examples/site';
$server = ServerProcess::run('$argv = ["", "0", "0"]; require ' . var_export("$site/server.php", true) . ';', listens: false);
$server->waitFor("\n", times: 2);
[$http, $https] = explode("\n", $server->stdout);
check('both addresses', (bool) preg_match('~^http://127\.0\.0\.1:\d+ https://127\.0\.0\.1:\d+$~', "$http $https"), $server->stdout);
$lines = '';
for ($line = 0; $line < 3 << 14; $line++) {
    $lines .= sprintf("%012d %s\n", $line, str_repeat('~', 50));
}

foreach (['http 1.1' => [$http, h1(...)], 'http 2' => [$http, h2(...)], 'https 1.1' => [$https, h1(...)], 'https 2' => [$https, h2(...)]] as $name => [$base, $get]) {
    echo "$name\n";
    foreach (['/' => 'index.html', '/style.css' => 'style.css', '/app.js' => 'app.js', '/sluice.svg' => 'sluice.svg'] as $path => $file) {
        $answer = $get($base . $path);
        $content = file_get_contents("$site/public/$file");
        $tag = $answer->header('etag');
        $again = $get($base . $path, '-H', "If-None-Match: \"other\", W/$tag");
        $head = $get($base . $path, '-I');
        $right = $answer->status === 200 && $answer->body === $content && $again->status === 304 && $again->body === ''
            && $head->status === 200 && $head->body === '' && $head->header('content-length') === (string) strlen($content);
        check("$path {$answer->header('content-type')}", $right, [$answer->status, strlen($answer->body), $again->status, $head->status, $head->headers]);
    }
    foreach (['/../server.php', '/%2e%2e/server.php', '/server.php', '//', '/style.css/', '/style.css%00', '/public/app.js'] as $path) {
        $answer = $get($base . $path, '--path-as-is');
        echo $answer->status === 404 ? '' : "$path: {$answer->status}\n";
    }
    $answer = $get("$base/download?mib=3");
    check('download', $answer->status === 200 && $answer->body === $lines && $answer->header('content-length') === '3145728', (string) $answer->error);
    foreach ([$get("$base/download?mib=0"), $get($base, '-d', 'x=1')] as $refused) {
        echo "{$refused->status} {$refused->error}{$refused->body}";
    }
    $stats = json_decode($get("$base/stats")->body, true);
    check('stats', count($stats['listeners']) === 2 && $stats['memory'] > 0 && $stats['request']['protocol'] === substr($name, strrpos($name, ' ') + 1), $stats);
    echo 'tls: ', json_encode($stats['request']['tls']['alpn'] ?? null), "\n";
}
echo 'exit ', $server->stop(SIGINT), ' ', str_replace(["$http\n", "$https\n"], '', $server->stdout), $server->stderr;
?>
--EXPECT--
both addresses: yes
http 1.1
/ text/html; charset=utf-8: yes
/style.css text/css; charset=utf-8: yes
/app.js text/javascript; charset=utf-8: yes
/sluice.svg image/svg+xml: yes
download: yes
400 mib is a whole number from 1 to 10240
405 This site is for reading.
stats: yes
tls: null
http 2
/ text/html; charset=utf-8: yes
/style.css text/css; charset=utf-8: yes
/app.js text/javascript; charset=utf-8: yes
/sluice.svg image/svg+xml: yes
download: yes
400 mib is a whole number from 1 to 10240
405 This site is for reading.
stats: yes
tls: null
https 1.1
/ text/html; charset=utf-8: yes
/style.css text/css; charset=utf-8: yes
/app.js text/javascript; charset=utf-8: yes
/sluice.svg image/svg+xml: yes
download: yes
400 mib is a whole number from 1 to 10240
405 This site is for reading.
stats: yes
tls: "http\/1.1"
https 2
/ text/html; charset=utf-8: yes
/style.css text/css; charset=utf-8: yes
/app.js text/javascript; charset=utf-8: yes
/sluice.svg image/svg+xml: yes
download: yes
400 mib is a whole number from 1 to 10240
405 This site is for reading.
stats: yes
tls: "h2"
exit 0 stopped
