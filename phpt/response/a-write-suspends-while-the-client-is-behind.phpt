--TEST--
write() suspends the handler while its client does not read; other requests are served, and memory stays small
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        if ($request->getPath() === '/quick') return 'quick';
        note('streaming');
        foreach (Body::pieces(64 << 20, 65536) as $i => $piece) $r->write($piece);
        $r->end();
        note('all written');
    }
    PHP);
h1($server->url('/quick'));
$before = resident($server->pid);
$client = Raw::connect($server->addresses[0], 8192);
$client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
$server->waitFor('streaming');
for ($i = 0; $i < 20; $i++) {
    h1($server->url('/quick'))->body === 'quick' || print('NOT SERVED');
}
check('not all written', !str_contains($server->stdout, 'all written'));
check('memory stays small', resident($server->pid) - $before < 8 << 20, resident($server->pid) - $before);
$client->readUntil("\r\n\r\n");
$client->close();
$server->stop();
?>
--EXPECT--
not all written: yes
memory stays small: yes
