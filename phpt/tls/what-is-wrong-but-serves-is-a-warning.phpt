--TEST--
An expired certificate, a chain out of order and a certificate with no name are warnings, each said once, and are served
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

set_error_handler(function (int $level, string $message) {
    echo $level === E_WARNING ? 'warning: ' : "LEVEL $level: ", preg_replace('/\w{3}, \d.*GMT/', '<date>', $message), "\n";
    return true;
});
$old = issue('old', ['old.example'], days: -1);
$good = issue('good', ['good.example']);
$none = issue('none', []);
$mixed = scratch_file('mixed.pem');
file_put_contents($mixed, file_get_contents($good[0]) . file_get_contents($none[0]) . file_get_contents($none[0]));
echo "good:\n";
$tls = new Sluice\Tls(...$good);
echo "expired, by name:\n";
$tls = $tls->with('old.example', ...$old);
echo "once is enough:\n";
$tls = $tls->withRing(4096)->withStrictNames()->withPolicy(alpn: ['h2'])->withTickets(0)->withKeyLog()->with('*.good.example', ...issue('more', ['*.good.example']));
foreach (['expired' => $old, 'out of order' => [$mixed, $good[1]], 'no name' => $none] as $what => $pair) {
    echo "$what:\n";
    Sluice\Tls::modern(...$pair);
}
restore_error_handler();
$server = secured(tls_of($old));
echo 'served: ', shake($server), "\n";
$server->stop();
check('the server said so', str_contains($server->stdout . $server->stderr, 'Tls: certificate: it has expired on '), [$server->stdout, $server->stderr]);
?>
--EXPECT--
good:
expired, by name:
warning: Sluice\Tls::with(): Tls: old.example: it has expired on <date>
once is enough:
expired:
warning: Sluice\Tls::modern(): Tls: certificate: it has expired on <date>
out of order:
warning: Sluice\Tls::modern(): Tls: certificate: its chain is out of order: number 2 is not the issuer of number 1
no name:
warning: Sluice\Tls::modern(): Tls: certificate: it has no subject alternative name, and browsers take no other name
served: old
the server said so: yes
