--TEST--
Writers that find the ring full are counted as waits; the ring stays within its bound; the body is whole
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach ([1024, 4096] as $ring) {
    $server = serve(BODY_HANDLER, tls: tls_code(ring: $ring));
    $length = 12 << 20;
    $before = 0;
    foreach (['end', '65536'] as $by) {
        $client = Raw::tls($server->addresses[0], 65536);
        $client->send("GET /?n=$length&by=$by HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        // Over a ring that holds more than what is queued above it no writer finds it full.
        $waits = $ring > 32768 ? 0 : until('the writer to wait', function () use ($server, $before) {
            $waits = json_decode(h1($server->url('/stats'))->body, true)['listeners'][0]['ring']['waits'];
            return $waits > $before ? $waits : null;
        });
        $before = $waits;
        check("$ring $by", $client->answer()->isBody($length));
    }
    ring_is_kept($server, $ring);
    $server->stop();
}
?>
--EXPECT--
1024 end: yes
1024 65536: yes
capacity: yes
high water is within the ring and one record's overhead: yes
4096 end: yes
4096 65536: yes
capacity: yes
high water is within the ring and one record's overhead: yes
