--TEST--
Limits: connectionsPerAddress: further ones get 503 on a plain listener and an end without a handshake on TLS; other addresses are served
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['plain' => null, 'TLS' => 'Sluice\Tls::selfSigned()'] as $name => $tls) {
    $server = serve(
        'fn ($request) => $request->getPath() === "/stats" ? $server->stats() : "served"',
        server: 'new Sluice\Server(limits: new Sluice\Limits(connectionsPerAddress: 2))',
        tls: $tls,
    );
    $open = [Raw::connect($server->addresses[0]), Raw::connect($server->addresses[0])];
    $refused = h1($server->url(), '-k');
    echo "$name: ", $refused->exit === 0 ? $refused->status : 'no answer', "\n";
    $other = h1($server->url('/stats'), '-k', '--interface', '127.0.0.2');
    $listener = json_decode($other->body, true)['listeners'][0];
    echo json_encode([$listener['connections']['refused'], $listener['limits']['connectionsPerAddress'], $listener['limits']['connections']]), "\n";
    $open[0]->close();
    until('the place to be free', fn () => h1($server->url(), '-k')->body === 'served');
    $server->stop();
}
?>
--EXPECT--
plain: 503
[1,1,0]
TLS: no answer
[1,1,0]
