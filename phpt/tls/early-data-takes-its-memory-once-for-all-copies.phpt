--TEST--
withEarlyData() takes memory for sessions once: copies share it, and what is refused takes none
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$mapped = fn () => substr_count(file_get_contents('/proc/self/maps'), 'memfd:sluice');
$tls = Sluice\Tls::selfSigned();
$none = $mapped();
$early = $tls->withEarlyData();
echo 'one: ', $mapped() - $none, "\n";
foreach (range(1, 9) as $_) {
    $early = $early->withTickets(1)->withPolicy('1.3')->withStrictNames()->withKeyLog()->withEarlyData(2048)->withRing(4096);
    attempt(fn () => $tls->withTickets(3)->withEarlyData());
    attempt(fn () => $early->withTickets(0));
}
echo 'the same: ', $mapped() - $none, "\n";
echo attempt(fn () => $tls->withTickets(3)->withEarlyData()), "\n";
?>
--EXPECT--
one: 1
the same: 1
Sluice\ConfigException: Tls: early data: the end of its handshake has room for 2 tickets at most, not for 3
