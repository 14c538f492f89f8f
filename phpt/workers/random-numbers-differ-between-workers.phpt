--TEST--
Random numbers differ between workers, though PHP was seeded before start()
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$setup = <<<'PHP'
    // Seeds every generator in the process that the workers come from.
    [mt_rand(), rand(), lcg_value(), str_shuffle('abc'), uniqid('', true)];
    $answers = answers($server, 'one');
    $server->handle(function ($request) use ($answers) {
        return $request->getPath() === '/random' ? [mt_rand(), rand(), lcg_value(), str_shuffle('abcdefghijklmnopqrstuvwxyz')] : $answers($request);
    });
    PHP;
$server = ServerProcess::run(crew('workers: 3', setup: $setup));
await_ready($server, 3);
$clients = one_each($server, 3);
$drawn = array_map(fn ($client) => json_decode(ask($client, '/random')->body), array_values($clients));
kill(array_key_first($clients), ServerProcess::SIGKILL);
$pids = await_ready($server, 3, [array_key_first($clients)]);
foreach (one_each($server, 3) as $pid => $client) {
    if (!isset($clients[$pid])) {
        $drawn[] = json_decode(ask($client, '/random')->body);
    }
}
foreach (['mt_rand()', 'rand()', 'lcg_value()', 'str_shuffle()'] as $column => $what) {
    $values = array_column($drawn, $column);
    echo "$what: ", count($values), ' drawn, ', count(array_unique($values)), " different\n";
}
echo ending($server), "\n";
?>
--EXPECT--
mt_rand(): 4 drawn, 4 different
rand(): 4 drawn, 4 different
lcg_value(): 4 drawn, 4 different
str_shuffle(): 4 drawn, 4 different
exit 0, nothing left behind
