--TEST--
getHeaders() has every field once, with obs-text bytes kept, over h1 and h2 alike
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => serialize($r->getHeaders())');
foreach (protocols() as $name => $get) {
    $headers = unserialize($get($server->url(), '-H', "X-Latin: caf\xe9", '-H', 'Accept: */*', '-A', 'me')->body);
    ksort($headers);
    unset($headers['host']);
    echo $name, ' ', json_encode($headers, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\n";
}
?>
--EXPECT--
h1 {"accept":["*/*"],"user-agent":["me"],"x-latin":["caf�"]}
h2 {"accept":["*/*"],"user-agent":["me"],"x-latin":["caf�"]}
