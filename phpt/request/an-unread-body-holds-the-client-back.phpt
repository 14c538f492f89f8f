--TEST--
A body that the handler does not read stops the client; memory stays small; reading lets it go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        note('in the handler');
        while (!file_exists($request->getQueryParams()['go'])) Sluice\delay(0.005);
        $hash = hash_init('sha256');
        while (($piece = $request->read()) !== null) hash_update($hash, $piece);
        return hash_final($hash);
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(body: 1 << 30))');
$size = 64 << 20;
$body = Body::of(1 << 20);
$expected = hash('sha256', str_repeat($body, 64));
$go = scratch_file('go');
$client = Raw::connect($server->addresses[0]);
$client->send("POST /?go=$go HTTP/1.1\r\nHost: x\r\nContent-Length: $size\r\n\r\n");
$server->waitFor('in the handler');
$before = resident($server->pid);
$sent = 0;
do {
    $offered = $client->offer(substr($body, $sent % (1 << 20)), 0.3);
    $sent += $offered;
} while ($sent < $size && ($offered > 0 && $sent % (1 << 20) === 0));
check('held back', $sent < 32 << 20, $sent);
check('memory stays small', resident($server->pid) - $before < 2 << 20, resident($server->pid) - $before);
touch($go);
while ($sent < $size) {
    $sent += $client->offer(substr($body, $sent % (1 << 20)));
}
echo str_replace($expected, '<right>', $client->answer()), "\n";

$go = scratch_file('go');
$h2 = H2::plain($server);
$stream = $h2->request("/?go=$go", 'POST', end: false);
$server->waitFor('in the handler', 2);
$h2->until(fn () => isset($h2->window[0]), 'settings');
$h2->take();
$window = $h2->window[$stream];
check('the stream window is bounded', $window <= 1 << 20, $window);
$h2->data($stream, substr($body, 0, $window));
touch($go);
$h2->data($stream, substr($body, $window), end: true);
$h2->finish($stream);
echo str_replace(hash('sha256', $body), '<right>', $h2->body[$stream]), "\n";
?>
--EXPECT--
held back: yes
memory stays small: yes
200 <right>
the stream window is bounded: yes
<right>
