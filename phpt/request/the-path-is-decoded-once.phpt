--TEST--
getPath() decodes percent signs once and leaves the target as it came
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => bin2hex($r->getPath()) . " " . $r->getRequestTarget()');
$targets = [
    '/%2541', '/a%2Fb', '/a+b', '/%zz', '/%', '/%4', '/%c3%a9', '/%ff', '/a%00b',
    '//double//', '/a/../b', '/?only=query', '/a?b?c', '/%3Fx?y', '/a;b=c',
];
foreach ($targets as $target) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("GET $target HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    [$path, $same] = explode(' ', $client->answer()->body) + ['', ''];
    $path = json_encode(hex2bin($path), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE);
    echo $target, ' -> ', $path, $same === $target ? '' : " TARGET $same", "\n";
}
?>
--EXPECT--
/%2541 -> "/%41"
/a%2Fb -> "/a/b"
/a+b -> "/a+b"
/%zz -> "/%zz"
/% -> "/%"
/%4 -> "/%4"
/%c3%a9 -> "/é"
/%ff -> "/�"
/a%00b -> "/a\u0000b"
//double// -> "//double//"
/a/../b -> "/a/../b"
/?only=query -> "/"
/a?b?c -> "/a"
/%3Fx?y -> "/?x"
/a;b=c -> "/a;b=c"
