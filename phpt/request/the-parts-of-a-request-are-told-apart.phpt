--TEST--
Method, target, path, query, scheme, host and protocol version are told apart, over h1, h2 and TLS
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    fn ($r) => [$r->getMethod(), $r->getRequestTarget(), $r->getPath(), $r->getQueryParams(), $r->getScheme(), $r->getHost(), $r->getProtocolVersion()]
    PHP;
foreach ([null, 'Sluice\Tls::selfSigned()'] as $tls) {
    $server = serve($handler, tls: $tls);
    foreach (protocols() as $name => $get) {
        $answer = $get($server->url('/a%20b/c?x=1&y%5B%5D=2&y[]=3'), '-g', '-X', 'PUT');
        echo $name, ' ', str_replace((string) $server->port, '<port>', $answer->body), "\n";
    }
}
echo curl($server->url(), '--http1.0', '--no-alpn', '-H', 'Host:')->body, "\n";
echo str_replace((string) $server->port, '<port>', h1($server->url(), '-X', 'OPTIONS', '--request-target', '*')->body), "\n";
?>
--EXPECT--
h1 ["PUT","\/a%20b\/c?x=1&y%5B%5D=2&y[]=3","\/a b\/c",{"x":"1","y":["2","3"]},"http","127.0.0.1:<port>","1.1"]
h2 ["PUT","\/a%20b\/c?x=1&y%5B%5D=2&y[]=3","\/a b\/c",{"x":"1","y":["2","3"]},"http","127.0.0.1:<port>","2"]
h1 ["PUT","\/a%20b\/c?x=1&y%5B%5D=2&y[]=3","\/a b\/c",{"x":"1","y":["2","3"]},"https","127.0.0.1:<port>","1.1"]
h2 ["PUT","\/a%20b\/c?x=1&y%5B%5D=2&y[]=3","\/a b\/c",{"x":"1","y":["2","3"]},"https","127.0.0.1:<port>","2"]
["GET","\/","\/",[],"https","","1.0"]
["OPTIONS","*","*",[],"https","127.0.0.1:<port>","1.1"]
