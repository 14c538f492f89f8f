--TEST--
OPTIONS * reaches the handler as it came, over h1 and h2; any other method with * is refused
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => [$r->getMethod(), $r->getRequestTarget(), $r->getPath(), $r->getQueryParams(), $r->getHost()]');
$client = Raw::connect($server->addresses[0]);
foreach (['OPTIONS', 'GET'] as $method) {
    $client->send("$method * HTTP/1.1\r\nHost: localhost\r\n\r\n");
    echo $client->answer(), "\n";
}
$h2 = H2::plain($server);
foreach (['OPTIONS', 'GET'] as $method) {
    $stream = $h2->request('*', $method);
    $h2->finish($stream);
    echo $h2->status[$stream] ?? 'none', ' ', $h2->body[$stream], isset($h2->reset[$stream]) ? 'reset' : '', "\n";
}
?>
--EXPECT--
200 ["OPTIONS","*","*",[],"localhost"]
400 the request target is neither a path nor a URI
200 ["OPTIONS","*","*",[],"localhost"]
400 the request target is neither a path nor a URI
