--TEST--
getCookieParams() reads cookies from one line, from several, and from the crumbs of h2
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => [$r->getCookieParams(), $r->getHeaderLine("Cookie")]');
foreach (protocols() as $name => $get) {
    echo $name, ' ', $get($server->url(), '-H', 'Cookie: a=1; b=x%20y; c="q"; a=2; empty=; =none; bare; d=e=f')->body, "\n";
    echo $name, ' ', $get($server->url(), '-H', 'Cookie: a=1', '-H', 'Cookie: b=2; c=3')->body, "\n";
    echo $name, ' ', $get($server->url())->body, "\n";
}
?>
--EXPECTF--
h1 [{"a":"%d","b":"x y","c":%s"empty":""%S,"d":"e=f"%S},"a=1; b=x%sy; c=\"q\"; a=2; empty=; =none; bare; d=e=f"]
h1 [{"a":"1","b":"2","c":"3"},"a=1; b=2; c=3"]
h1 [[],""]
h2 [{"a":"%d","b":"x y","c":%s"empty":""%S,"d":"e=f"%S},"a=1; b=x%sy; c=\"q\"; a=2; empty=; =none; bare; d=e=f"]
h2 [{"a":"1","b":"2","c":"3"},"a=1; b=2; c=3"]
h2 [[],""]
