--TEST--
Proxies: headers: getRemoteAddress(), getRemotePort(), getScheme(), getHost() and the cookies' Secure follow the family that is believed, of who is trusted
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$path = scratch('a.sock');
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server();
    \$server->handle(function (\$request, \$response) {
        \$response->setCookie('a', 'b');
        return json_encode([\$request->getRemoteAddress(), \$request->getRemotePort(), \$request->getScheme(), \$request->getHost()]);
    });
    \$trusted = ['127.0.0.1', '10.0.0.0/8', 'unix'];
    foreach (['forwarded', 'x-forwarded'] as \$headers) {
        \$proxies[] = new Sluice\Proxies(\$trusted, headers: \$headers);
    }
    say(\$server->listen('tcp://127.0.0.1:0', proxies: \$proxies[0]), \$server->listen('tcp://127.0.0.1:0', proxies: \$proxies[1]),
        \$server->listen('unix://$path', null, \$proxies[1]), \$server->listen('tcp://127.0.0.1:0'));
    \$server->start();
    PHP);
$headers = [
    '-H', 'Forwarded: for=6.6.6.6;proto=http;host=evil.example',
    '-H', 'Forwarded: for="[2001:db8::7]:4711";proto=https;host="www.example:8443", for=10.1.2.3',
    '-H', 'X-Forwarded-For: 6.6.6.6, 192.0.2.7', '-H', 'X-Forwarded-For: 10.1.2.3',
    '-H', 'X-Forwarded-Proto: https', '-H', 'X-Forwarded-Host: shop.example', '-H', 'X-Forwarded-Port: 444',
];
foreach (['Forwarded', 'X-Forwarded', 'unix', 'nobody'] as $listener => $name) {
    foreach (protocols() as $version => $ask) {
        $url = $listener === 2 ? 'http://x/' : $server->url(listener: $listener);
        $answer = $ask($url, '-H', 'Host: x', ...$headers, ...($listener === 2 ? ['--unix-socket', $path] : []));
        $known = json_decode($answer->body);
        $known[1] = $listener === 3 ? min(1, $known[1]) : $known[1];
        echo "$name $version: ", implode(' ', $known), str_contains($answer->header('set-cookie'), 'Secure') ? ', Secure' : '', "\n";
    }
}
foreach ([0, 1] as $listener) {
    foreach (protocols() as $version => $ask) {
        $answer = $ask($server->url(listener: $listener), '--interface', '127.0.0.9', '-H', 'Host: x', ...$headers);
        $known = json_decode($answer->body);
        echo "not trusted: $known[0] $known[2] $known[3]", str_contains($answer->header('set-cookie'), 'Secure') ? ', Secure' : '', "\n";
    }
}
foreach (['unknown', '_hidden', '"broken', '10.9.9.9, garbage'] as $said) {
    echo "$said: ", h1($server->url(listener: 0), '-H', "Forwarded: for=6.6.6.6, for=$said, for=10.0.0.1")->body, ' ',
        h1($server->url(listener: 1), '-H', "X-Forwarded-For: 6.6.6.6, $said, 10.0.0.1")->body, "\n";
}
?>
--EXPECTREGEX--
Forwarded h1: 2001:db8::7 4711 https www\.example:8443, Secure
Forwarded h2: 2001:db8::7 4711 https www\.example:8443, Secure
X-Forwarded h1: 192\.0\.2\.7 0 https shop\.example:444, Secure
X-Forwarded h2: 192\.0\.2\.7 0 https shop\.example:444, Secure
unix h1: 192\.0\.2\.7 0 https shop\.example:444, Secure
unix h2: 192\.0\.2\.7 0 https shop\.example:444, Secure
nobody h1: 127\.0\.0\.1 1 http x
nobody h2: 127\.0\.0\.1 1 http x
not trusted: 127\.0\.0\.9 http x
not trusted: 127\.0\.0\.9 http x
not trusted: 127\.0\.0\.9 http x
not trusted: 127\.0\.0\.9 http x
unknown: \["",0,"http","127\.0\.0\.1:\d+"\] \["",0,"http","127\.0\.0\.1:\d+"\]
_hidden: \["",0,"http","127\.0\.0\.1:\d+"\] \["",0,"http","127\.0\.0\.1:\d+"\]
"broken: \["",0,"http","127\.0\.0\.1:\d+"\] \["",0,"http","127\.0\.0\.1:\d+"\]
10\.9\.9\.9, garbage: \["",0,"http","127\.0\.0\.1:\d+"\] \["",0,"http","127\.0\.0\.1:\d+"\]
