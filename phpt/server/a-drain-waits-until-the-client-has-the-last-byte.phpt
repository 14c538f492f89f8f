--TEST--
A drain does not close a connection whose client still sends window updates for the tail of its body
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach ([null, tls_code()] as $tls) {
    $server = serve(<<<'PHP'
        function ($r, $response) {
            note("in the handler");
            foreach (Body::pieces(2000000, 10000) as $piece) $response->write($piece);
            $response->end();
        }
        PHP, tls: $tls);
    $h2 = new H2($tls === null ? Raw::connect($server->addresses[0], 8192) : Raw::tls($server->addresses[0], 8192, 'h2'));
    $stream = $h2->request();
    $server->waitFor('in the handler');
    $server->signal(15);
    $h2->finish($stream, 8);
    check($tls === null ? 'plain' : 'TLS', isset($h2->ended[$stream]) && hash('sha256', $h2->body[$stream]) === Body::sha256(2000000), $h2->length);
    $h2->until(fn () => $h2->closed, 'the connection to close');
    echo 'exit ', $server->wait(), "\n";
}
?>
--EXPECT--
plain: yes
exit 0
TLS: yes
exit 0
