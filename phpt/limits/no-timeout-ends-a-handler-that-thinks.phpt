--TEST--
A handler that takes longer than every timeout, with a client that waits, still answers
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r) {
        $r->getBody();
        Sluice\delay(0.9);
        return "thought";
    }
    PHP, server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(handshake: 0.3, head: 0.3, idle: 0.3, body: 0.3, write: 0.3))', tls: tls_code());
foreach (together([$server->url('/a'), $server->url('/b')]) as $t) {
    echo $t->status, ' ', $t->body, "\n";
}
foreach (together([$server->url('/c')], h2: true) as $t) {
    echo $t->status, ' ', $t->body, "\n";
}
?>
--EXPECT--
200 thought
200 thought
200 thought
