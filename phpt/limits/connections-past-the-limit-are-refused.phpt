--TEST--
Connections past the limit are refused and counted, and let in again when others close
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => $server->stats()', server: 'new Sluice\Server(limits: new Sluice\Limits(connections: 3))');
$open = [];
for ($i = 0; $i < 3; $i++) {
    $open[$i] = Raw::connect($server->addresses[0]);
    $open[$i]->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    echo $open[$i]->answer()->status, "\n";
}
$fourth = Raw::connect($server->addresses[0]);
$fourth->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
check('the fourth is refused', !str_contains($fourth->readAll(), ' 200 '));
$connections = until('the fourth to be closed', function () use ($open) {
    $open[0]->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    $connections = json_decode($open[0]->answer()->body, true)['listeners'][0]['connections'];
    return $connections['open'] === 3 ? $connections : null;
});
check('it is counted', $connections['refused'] === 1, $connections);
$open[1]->close();
$a = until('room for another', function () use ($server) {
    $a = h1($server->url());
    return $a->status === 200 ? $a : null;
});
echo $a->status, "\n";
?>
--EXPECT--
200
200
200
the fourth is refused: yes
it is counted: yes
200
