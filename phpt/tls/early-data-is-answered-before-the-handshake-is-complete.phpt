--TEST--
withEarlyData(): a GET is handled at once, a POST when the handshake is complete, and isEarlyData() tells
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    function ($request) {
        $what = $request->getMethod() . ' ' . json_encode($request->isEarlyData());
        note("[$what]");
        return "($what)";
    }
    PHP;
$head = "HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
$server = serve($handler, tls: '(' . tls_code() . ')->withEarlyData()');
[$session, $output] = EarlyClient::session($server->addresses[0], "GET / $head\r\n");
check('full handshake', str_contains($output, '(GET false)'), $output);

$client = new EarlyClient($session, "GET / {$head}Early-Data: 1\r\n\r\n");
$far = $client->sendFlight($server->addresses[0]);
$server->waitFor('[GET true]');
$output = $client->goOn($far);
check('early GET', str_contains($output, '(GET true)') && str_contains($output, 'Early data was accepted'), $output);

// The session that the connection before has brought.
$client = new EarlyClient($session, "POST / {$head}Content-Length: 0\r\n\r\n");
$output = $client->goOn($client->sendFlight($server->addresses[0]));
check('early POST', str_contains($output, '(POST false)') && str_contains($output, 'Early data was accepted'), $output);

[$session] = EarlyClient::session($server->addresses[0], "GET / $head\r\n");
[, $output] = command(['openssl', 's_client', '-connect', substr($server->addresses[0], 6), '-ign_eof', '-sess_in', $session], "GET / {$head}Early-Data: 1\r\n\r\n");
check('a header makes nothing early', str_contains($output, '(GET false)') && str_contains($output, 'Reused'), $output);
$server->stop();

foreach (['' => '', '->withEarlyData(0)' => '->withEarlyData()'] as $last => $first) {
    $server = serve($handler, tls: '(' . tls_code() . ")$first$last");
    [$session, $output] = EarlyClient::session($server->addresses[0], "GET / $head\r\n");
    check("none with '$last'", str_contains($output, '(GET false)') && str_contains($output, 'Max Early Data: 0'), $output);
    $server->stop();
}
foreach ([-1, 1023, 65537] as $bytes) {
    echo attempt(fn () => Sluice\Tls::selfSigned()->withEarlyData($bytes)), "\n";
}
?>
--EXPECT--
full handshake: yes
early GET: yes
early POST: yes
a header makes nothing early: yes
none with '': yes
none with '->withEarlyData(0)': yes
Sluice\ConfigException: Tls: early data: it must be 0 (none) or 1024 to 65536 bytes, not -1
Sluice\ConfigException: Tls: early data: it must be 0 (none) or 1024 to 65536 bytes, not 1023
Sluice\ConfigException: Tls: early data: it must be 0 (none) or 1024 to 65536 bytes, not 65537
