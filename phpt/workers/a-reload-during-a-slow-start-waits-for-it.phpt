--TEST--
A reload that is asked for while the first worker starts waits for it, and is said once
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$go = scratch_file('go');
$setup = "\$server->onStart(function () { note('starting'); while (!file_exists('$go')) usleep(1000); });";
$server = ServerProcess::run(crew('workers: 1, supervise: true', setup: $setup));
$server->waitFor('starting');
$server->signal(ServerProcess::SIGHUP);
$started = microtime(true);
until('half a second', fn () => microtime(true) - $started > 0.5);
touch($go);
$server->waitFor('generation 2 is at work');
await_generation($server, 2, 1);
$ending = ending($server);
preg_match_all('/reloading: .*/', $server->stderr, $said);
echo implode("\n", $said[0]), "\n$ending\n";
?>
--EXPECT--
reloading: SIGHUP
exit 0, nothing left behind
