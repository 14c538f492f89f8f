--TEST--
A policy's protocols are chosen in its order; where there is none in common the client gets the alert no_application_protocol
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pair = issue('localhost', ['localhost']);
foreach (['["h2", "http/1.1"]', '["http/1.1", "h2"]', '["http/1.1"]', '["h2"]'] as $alpn) {
    $server = secured(tls_of($pair) . "->withPolicy(alpn: $alpn)");
    $url = preg_replace('~^tcp~', 'https', $server->addresses[1]);
    echo "$alpn\n";
    foreach (['h2,http/1.1', 'http/1.1,h2', 'h2', 'http/1.1', 'spdy/9'] as $offered) {
        $shaken = shake($server, '-alpn', $offered);
        echo "  $offered: ", $shaken->alert === null ? $shaken->alpn : $shaken, "\n";
    }
    $a = curl($url, '--http2');
    echo "  curl: HTTP/{$a->version} $a\n";
    $server->stop();
}
?>
--EXPECT--
["h2", "http/1.1"]
  h2,http/1.1: h2
  http/1.1,h2: h2
  h2: h2
  http/1.1: http/1.1
  spdy/9: alert 120
  curl: HTTP/2 200 hello to null
["http/1.1", "h2"]
  h2,http/1.1: http/1.1
  http/1.1,h2: http/1.1
  h2: h2
  http/1.1: http/1.1
  spdy/9: alert 120
  curl: HTTP/1.1 200 hello to null
["http/1.1"]
  h2,http/1.1: http/1.1
  http/1.1,h2: http/1.1
  h2: alert 120
  http/1.1: http/1.1
  spdy/9: alert 120
  curl: HTTP/1.1 200 hello to null
["h2"]
  h2,http/1.1: h2
  http/1.1,h2: h2
  h2: h2
  http/1.1: alert 120
  spdy/9: alert 120
  curl: HTTP/2 200 hello to null
