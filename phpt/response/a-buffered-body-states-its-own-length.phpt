--TEST--
The server owns the framing: a wrong Content-Length, Transfer-Encoding, or Date of the handler does not desync the connection
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        switch ($request->getPath()) {
            case '/coding': $r->setHeader('Transfer-Encoding', 'gzip, chunked'); return 'coded';
            case '/both': $r->setHeader('Content-Length', '3')->setHeader('Transfer-Encoding', 'chunked'); return 'abc';
            case '/list': $r->setHeader('Content-Length', ['3', '4']); return 'abc';
            case '/words': $r->setHeader('Content-Length', 'many'); return 'abc';
            case '/upgrade': $r->setHeader('Upgrade', 'websocket')->setHeader('Keep-Alive', 'timeout=5'); return 'abc';
        }
    }
    PHP);
foreach (['coding', 'both', 'list', 'words', 'upgrade'] as $path) {
    $client = Raw::connect($server->addresses[0]);
    $client->send("GET /$path HTTP/1.1\r\nHost: x\r\n\r\nGET /upgrade HTTP/1.1\r\nHost: x\r\n\r\n");
    $a = $client->answer();
    echo "$path: $a | ", $a->header('content-length') ?? '-', ' | ', $a->header('transfer-encoding') ?? '-', "\n";
    $next = $client->answer();
    echo "  then $next\n";
    $a = h2($server->url("/$path"));
    echo "  h2 $a | ", $a->header('content-length') ?? '-', ' | ', $a->header('transfer-encoding') ?? '-', "\n";
}
?>
--EXPECTF--
coding: %d %A
  then 200 abc
  h2 %d %A
both: %d %A
  then 200 abc
  h2 %d %A
list: %d %A
  then 200 abc
  h2 %d %A
words: %d %A
  then 200 abc
  h2 %d %A
upgrade: 200 abc | 3 | -
  then 200 abc
  h2 200 abc | 3 | -
