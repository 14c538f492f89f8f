--TEST--
A replacement that fails in onStart() is tried again, later and later, until it succeeds; the others serve
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$broken = scratch_file('broken');
$setup = <<<PHP
    \$server->onStart(function () {
        note('starting ' . microtime(true));
        if (file_exists('$broken')) throw new DomainException('broken since then');
    });
    PHP;
$server = ServerProcess::run(crew('workers: 2', setup: $setup));
await_ready($server, 2);
$clients = one_each($server, 2);
[$victim, $other] = array_keys($clients);
touch($broken);
kill($victim, ServerProcess::SIGKILL);
$server->waitFor('starting', 2 + 4, 40);
echo 'the other serves: ', (string) ask($clients[$other], '/pid') === "200 $other" ? 'yes' : 'NO', "\n";
unlink($broken);
check('it succeeds at last', count(await_ready($server, 2, [$victim], 40)) === 2);
preg_match_all('/^starting (.*)$/m', $server->stdout, $starts);
$starts = array_slice($starts[1], 2);
check('later and later', $starts[3] - $starts[2] > 1.2 * ($starts[1] - $starts[0]), $starts);
$status = ending($server);
check('the log says why', str_contains($server->stderr, 'broken since then'), $server->stderr);
echo $status, "\n";
?>
--EXPECT--
the other serves: yes
it succeeds at last: yes
later and later: yes
the log says why: yes
exit 0, nothing left behind
