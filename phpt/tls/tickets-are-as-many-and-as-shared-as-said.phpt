--TEST--
With no tickets nothing is resumed; servers with one secret and the same names resume each other's sessions, others do not
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$secret = bin2hex(random_bytes(32));
$pairs = [issue('one', ['shop.example']), issue('two', ['shop.example']), issue('other', ['other.example'])];
$shared = "->withTickets(2, '$secret')";
$servers = [
    'none' => secured(tls_of($pairs[0]) . '->withTickets(0)'),
    'none, with a secret' => secured(tls_of($pairs[0]) . "->withTickets(0, '$secret')"),
    'own' => secured(tls_of($pairs[0])),
    'own too' => secured(tls_of($pairs[0])),
    'shared' => secured(tls_of($pairs[0]) . $shared),
    'shared too, another certificate' => secured(tls_of($pairs[1]) . $shared),
    'shared, other names' => secured(tls_of($pairs[2]) . $shared),
    'another secret' => secured(tls_of($pairs[0]) . "->withTickets(2, '" . strrev($secret) . "')"),
    'a secret and one more name' => secured(tls_of($pairs[0]) . '->with("other.example", ' . paths($pairs[2]) . ')' . $shared),
];
foreach ([
    ['none', 'none'], ['none, with a secret', 'none, with a secret'], ['own', 'own'], ['own', 'own too'], ['shared', 'shared'],
    ['shared', 'shared too, another certificate'], ['shared too, another certificate', 'shared'], ['shared', 'shared, other names'],
    ['shared', 'another secret'], ['shared', 'own'], ['shared', 'none'], ['shared', 'a secret and one more name'],
] as [$one, $other]) {
    echo "$one, then $other: ", resumption($servers[$one], $servers[$other], '-tls1_2'), ', ', resumption($servers[$one], $servers[$other], '-tls1_3'), "\n";
}
/** How many tickets openssl was sent. */
function tickets(ServerProcess $server): int
{
    return substr_count(shake_and_ask($server, '-tls1_3')->stdout, 'Post-Handshake New Session Ticket arrived');
}
echo 'tickets: ', tickets($servers['none']), ' ', tickets($servers['own']), ' ', tickets(secured(tls_of($pairs[0]) . '->withTickets(8)')), "\n";
?>
--EXPECT--
none, then none: no ticket, no ticket
none, with a secret, then none, with a secret: no ticket, no ticket
own, then own: resumed, resumed
own, then own too: new, new
shared, then shared: resumed, resumed
shared, then shared too, another certificate: resumed, resumed
shared too, another certificate, then shared: resumed, resumed
shared, then shared, other names: new, new
shared, then another secret: new, new
shared, then own: new, new
shared, then none: new, new
shared, then a secret and one more name: new, new
tickets: 0 2 8
