--TEST--
A certificate whose key has not come yet, a broken file and one that is gone are told and counted; the old ones serve on until all is good
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$pairs = array_map(fn ($label) => issue($label, ['shop.example']), ['a' => 'a', 'b' => 'b', 'c' => 'c']);
[$certificate, $key] = [scratch('cert.pem'), scratch('key.pem')];
copy($pairs['a'][0], $certificate);
copy($pairs['a'][1], $key);
$server = secured(tls_of([$certificate, $key]));
/**
 * Waits until one more was refused, while clients come; tells what these were shown. A file that is copied is empty at
 * first: who looks at that moment refuses twice.
 */
function await_refused(ServerProcess $server): string
{
    static $before = 0;
    $shown = [];
    $before = until('the refusal', function () use ($server, $before, &$shown) {
        $shown[(string) shake($server)] = true;
        $refused = tls_stats($server)['certificates']['refused'];
        return $refused > $before ? $refused : null;
    });
    return implode(' ', array_keys($shown));
}
copy($pairs['b'][0], $certificate);
echo 'a certificate alone: ', await_refused($server), "\n";
$server->waitFor("{$server->addresses[1]}: the certificates of before serve on: Tls: the private key does not belong to the certificate");
copy($pairs['b'][1], $key);
await_shown($server, 'b', 'a');
replace_file($certificate, $key);
echo 'a key in place of the certificate: ', await_refused($server), "\n";
$server->waitFor('it holds a private key and no certificate');
unlink($key);
echo 'and no key any more: ', await_refused($server), "\n";
copy(issue('late', ['shop.example'], days: -1)[0], $certificate);
echo 'an expired one: ', await_refused($server), "\n";
copy($pairs['c'][0], $certificate);
copy($pairs['c'][1], $key);
await_shown($server, 'c', 'b');
$certificates = tls_stats($server)['certificates'];
check('each was counted', $certificates['renewed'] === 2 && $certificates['refused'] >= 4, $certificates);
echo $server->stop(), "\n";
check('each was told once', substr_count($server->stderr, 'serve on') === $certificates['refused'] && substr_count($server->stderr, 'were renewed') === 2, $server->stderr);
?>
--EXPECT--
a certificate alone: a
a key in place of the certificate: b
and no key any more: b
an expired one: b
each was counted: yes
0
each was told once: yes
