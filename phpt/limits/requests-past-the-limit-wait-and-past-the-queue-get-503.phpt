--TEST--
Limits: requests and queue: what is past the first waits its turn, what is past the second gets 503 with Retry-After, on HTTP/1.1 and HTTP/2
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) use ($server) {
        static $served = 0;
        $request->getBody();
        return $request->getPath() === '/stats' ? $server->stats() : (string) ++$served;
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(requests: 1, queue: 1))');
$holds = Raw::connect($server->addresses[0]);
$holds->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
echo trim($holds->readUntil("\r\n\r\n")), "\n";
$others = H2::plain($server);
$waits = $others->request();
$refused = $others->request();
$others->finish($refused);
echo $others->body[$refused], "\n";
foreach (protocols() as $name => $get) {
    $a = $get($server->url());
    echo "$name: $a->status Retry-After: {$a->header('retry-after')} $a->body\n";
}
$holds->send('x');
echo $holds->answer()->body, "\n";
$others->finish($waits);
echo $others->status[$waits], ' ', $others->body[$waits], "\n";
echo 'refused: ', json_decode(h1($server->url('/stats'))->body, true)['listeners'][0]['limits']['queue'], "\n";
$server->stop();
?>
--EXPECT--
HTTP/1.1 100 Continue
too many requests wait for this server
h1: 503 Retry-After: 1 too many requests wait for this server
h2: 503 Retry-After: 1 too many requests wait for this server
1
200 2
refused: 3
