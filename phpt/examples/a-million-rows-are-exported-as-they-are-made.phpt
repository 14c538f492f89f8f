--TEST--
examples/csv-export.php: a million rows arrive whole; a client that does not read holds the generator back and costs no memory
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$example = dirname(__DIR__, 2) . '/examples/csv-export.php';
$server = ServerProcess::run('$argv = ["", "127.0.0.1:0"]; require ' . var_export($example, true) . ';');
$expected = hash_init('sha256');
hash_update($expected, "id,customer,total\n");
for ($id = 1; $id <= 1_000_000; $id++) {
    $cents = $id * 37 % 100_000;
    hash_update($expected, sprintf("%d,customer-%d,%d.%02d\n", $id, $id % 997, intdiv($cents, 100), $cents % 100));
}
$expected = hash_final($expected);

echo h1($server->url('/?rows=2'))->body, h2($server->url('/?rows=0'))->body, h1($server->url('/?rows=many'))->body;
$before = resident($server->pid);
$stuck = [];
foreach (range(1, 4) as $i) {
    $stuck[$i] = Raw::connect($server->addresses[0], 8192);
    $stuck[$i]->send("GET /?rows=10000000 HTTP/1.1\r\nHost: x\r\n\r\n");
    check("stuck reader $i has begun", str_starts_with($stuck[$i]->readUntil("\r\n"), 'HTTP/1.1 200'));
}
foreach (['h1' => false, 'h2' => true] as $name => $h2) {
    $export = download($server->url(), $h2);
    check("$name has every row", $export->error === 0 && $export->sha256 === $expected, (string) $export);
}
$grown = resident($server->pid) - $before;
check('four stuck readers cost less than 4 MiB', $grown < 4 << 20, $grown);
array_map(fn ($client) => $client->reset(), $stuck);
echo 'exit ', $server->stop(SIGINT), "\n";
check('PHP used less than 2 MiB', preg_match('/used ([\d.]+) MiB/', $server->stdout, $used) && $used[1] < 2, $server->stdout);
echo $server->stderr;
?>
--EXPECT--
id,customer,total
1,customer-1,0.37
2,customer-2,0.74
id,customer,total
rows is a whole number
stuck reader 1 has begun: yes
stuck reader 2 has begun: yes
stuck reader 3 has begun: yes
stuck reader 4 has begun: yes
h1 has every row: yes
h2 has every row: yes
four stuck readers cost less than 4 MiB: yes
exit 0
PHP used less than 2 MiB: yes
