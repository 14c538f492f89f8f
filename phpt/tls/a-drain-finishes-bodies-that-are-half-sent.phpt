--TEST--
A SIGTERM with bodies half sent to slow readers, h1 and h2, lets them finish
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r, $response) {
        note("in the handler");
        foreach (Body::pieces(600000, 10000) as $piece) $response->write($piece);
        $response->end();
    }
    PHP, tls: tls_code(ring: 1024), after: 'note("returned");');
$clients = [];
foreach (['--http1.1', '--http2'] as $protocol) {
    $command = ['curl', '-sk', $protocol, '--limit-rate', '400k', '--max-time', '20', $server->url()];
    $clients[$protocol] = [proc_open($command, [1 => ['pipe', 'w']], $pipes), $pipes[1]];
}
$server->waitFor('in the handler', 2);
$server->signal(15);
foreach ($clients as $protocol => [$process, $pipe]) {
    $body = stream_get_contents($pipe);
    check($protocol, hash('sha256', $body) === Body::sha256(600000), strlen($body));
    echo 'curl ', proc_close($process), "\n";
}
echo 'exit ', $server->wait(), "\n";
?>
--EXPECT--
--http1.1: yes
curl 0
--http2: yes
curl 0
exit 0
