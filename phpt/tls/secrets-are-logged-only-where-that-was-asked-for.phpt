--TEST--
withKeyLog() writes to SSLKEYLOGFILE what openssl has for the same sessions; without it, or without the variable, nothing is written
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$tls = tls_of(issue('shop', ['shop.example']));
foreach (['asked for' => [true, "{$tls}->withKeyLog()"], 'no variable' => [false, "{$tls}->withKeyLog()"], 'not asked for' => [true, $tls]] as $what => [$isSet, $code]) {
    $log = scratch_file('keys');
    putenv($isSet ? "SSLKEYLOGFILE=$log" : 'SSLKEYLOGFILE');
    $server = secured($code);
    putenv('SSLKEYLOGFILE');
    $client = scratch_file('keys-of-client');
    foreach (['-tls1_2', '-tls1_3'] as $version) {
        shake_and_ask($server, $version, '-keylogfile', $client);
    }
    $server->stop();
    $lines = fn (string $file) => preg_grep('/^[A-Z]/', is_file($file) ? file($file) : []);
    $missing = array_diff($lines($client), $lines($log));
    check("$what: the client has secrets of both versions", count($lines($client)) >= 5);
    echo "$what: ", match (true) {
        $lines($log) === [] => 'nothing is written',
        array_filter($missing, fn ($line) => !str_starts_with($line, 'EXPORTER_SECRET')) === [] => 'all that the client has is written',
        default => 'MISSING ' . json_encode($missing),
    }, "\n";
}
?>
--EXPECT--
asked for: the client has secrets of both versions: yes
asked for: all that the client has is written
no variable: the client has secrets of both versions: yes
no variable: nothing is written
not asked for: the client has secrets of both versions: yes
not asked for: nothing is written
