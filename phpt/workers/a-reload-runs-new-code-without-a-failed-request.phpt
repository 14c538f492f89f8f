--TEST--
SIGHUP, or reload() in a handler, runs the new code on the same port, and no request fails on the way
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['SIGHUP', 'reload()'] as $way) {
    $server = ServerProcess::run(crew('workers: 2', 'one'));
    await_ready($server, 2);
    $clients = one_each($server, 2);
    $go = scratch_file('go');
    $old = array_key_first($clients);
    $clients[$old]->send("GET /wait?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
    $server->waitFor('waiting');
    $hammer = new Hammer($server);
    $hammer->until('the old code', fn ($bodies) => in_array('one', $bodies, true));
    $server->rewrite(crew('workers: 2', 'two'));
    $way === 'SIGHUP' ? $server->signal(ServerProcess::SIGHUP) : get($server, '/reload');
    $hammer->until('the new code', fn ($bodies) => in_array('two', $bodies, true));
    $generations = fn ($stats) => array_column($stats['workers'], 'generation', 'pid');
    await_stats($server, 'two new ready workers', fn ($stats) => count(ready($stats)) === 2
        && array_filter(ready($stats), fn ($pid) => $generations($stats)[$pid] !== 2) === []);
    for ($i = 0; $i < 20; $i++) {
        $hammer->wave();
    }
    echo "$way: ", implode(', ', array_keys($hammer->bodies)), ', failed: ', $hammer->failed(), "\n";
    touch($go);
    echo 'a request of the old code is answered: ', (string) $clients[$old]->answer() === "200 $old" ? 'yes' : 'NO', "\n";
    $stats = await_generation($server, 2, 2);
    echo 'reloads ', $stats['reloads'], ', restarts ', $stats['restarts'], "\n";
    for ($last = new Hammer($server), $i = 0; $i < 10; $i++) {
        $last->wave();
    }
    echo 'at last only: ', implode(', ', array_keys($last->bodies)), ', failed: ', $last->failed(), "\n";
    echo ending($server), "\n";
}
?>
--EXPECT--
SIGHUP: one, two, failed: none
a request of the old code is answered: yes
reloads 1, restarts 0
at last only: two, failed: none
exit 0, nothing left behind
reload(): one, two, failed: none
a request of the old code is answered: yes
reloads 1, restarts 0
at last only: two, failed: none
exit 0, nothing left behind
