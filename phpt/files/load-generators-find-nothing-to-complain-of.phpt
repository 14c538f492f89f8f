--TEST--
h2load, nghttp and openssl s_client get files from a mount and a handler, many at once on few connections
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$folder = folder(['small' => 1000, 'middle' => 100000, 'large' => 1 << 20, 'page.html' => '<p>page']);
foreach (['plain' => null, 'tls' => tls_code()] as $kind => $tls) {
    $server = serve(sending($folder), mounting($folder, "'/mount'"), $tls);
    foreach (['h1' => '--h1', 'h2' => $tls === null ? '-ph2c' : '--npn-list=h2'] as $protocol => $option) {
        foreach (WAYS as $way => $prefix) {
            $urls = array_map(fn ($name) => $server->url("$prefix/$name"), ['small', 'middle', 'large']);
            [$exit, $told] = command(['h2load', $option, '-n', '300', '-c', '5', '-m', '10', ...$urls]);
            preg_match('~requests: (\d+ total).*?(\d+ succeeded, \d+ failed, \d+ errored).*status codes: (\d+ 2xx, \d+ 3xx, \d+ 4xx, \d+ 5xx).*traffic:.*\((\d+)\) data~s', $told, $found);
            // A hundred of each.
            check("$kind $protocol $way: $found[1], $found[2]; $found[3]", $exit === 0 && (int) $found[4] === 100 * (1000 + 100000 + (1 << 20)), $told);
        }
    }
    $urls = array_merge(...array_map(fn ($prefix) => [$server->url("$prefix/middle"), $server->url("$prefix/large")], array_values(WAYS)));
    [$exit, $out] = command(['nghttp', '--no-verify-peer', ...$urls]);
    // The bodies come as they are read from several streams at once: as many bytes as they have in all, and of the right kind.
    check("$kind nghttp", $exit === 0 && strlen($out) === 2 * (100000 + (1 << 20)), [$exit, strlen($out)]);
    [$exit, $out] = command(['nghttp', '--no-verify-peer', '-H', 'range: bytes=1000-99999', $server->url('/mount/middle')]);
    check("$kind nghttp, a range", $exit === 0 && $out === Body::at(1000, 99000), [$exit, strlen($out)]);
    if ($tls !== null) {
        foreach (['-tls1_2', '-tls1_3'] as $version) {
            [, $out] = command(
                ['openssl', 's_client', '-quiet', $version, '-connect', substr($server->addresses[0], 6)],
                "GET /mount/large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            );
            [$head, $body] = explode("\r\n\r\n", $out, 2);
            check("openssl s_client $version", str_starts_with($head, 'HTTP/1.1 200') && hash('sha256', $body) === Body::sha256(1 << 20), strlen($body));
        }
    }
    $server->finish();
}
?>
--EXPECT--
plain h1 mount: 300 total, 300 succeeded, 0 failed, 0 errored; 300 2xx, 0 3xx, 0 4xx, 0 5xx: yes
plain h1 sendFile: 300 total, 300 succeeded, 0 failed, 0 errored; 300 2xx, 0 3xx, 0 4xx, 0 5xx: yes
plain h2 mount: 300 total, 300 succeeded, 0 failed, 0 errored; 300 2xx, 0 3xx, 0 4xx, 0 5xx: yes
plain h2 sendFile: 300 total, 300 succeeded, 0 failed, 0 errored; 300 2xx, 0 3xx, 0 4xx, 0 5xx: yes
plain nghttp: yes
plain nghttp, a range: yes
exit 0
tls h1 mount: 300 total, 300 succeeded, 0 failed, 0 errored; 300 2xx, 0 3xx, 0 4xx, 0 5xx: yes
tls h1 sendFile: 300 total, 300 succeeded, 0 failed, 0 errored; 300 2xx, 0 3xx, 0 4xx, 0 5xx: yes
tls h2 mount: 300 total, 300 succeeded, 0 failed, 0 errored; 300 2xx, 0 3xx, 0 4xx, 0 5xx: yes
tls h2 sendFile: 300 total, 300 succeeded, 0 failed, 0 errored; 300 2xx, 0 3xx, 0 4xx, 0 5xx: yes
tls nghttp: yes
tls nghttp, a range: yes
openssl s_client -tls1_2: yes
openssl s_client -tls1_3: yes
exit 0
