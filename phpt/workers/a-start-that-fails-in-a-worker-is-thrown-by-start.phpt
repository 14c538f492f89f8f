--TEST--
What onStart() throws in the first workers is thrown by start(), and nothing is left of the server
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$setup = '$server->onStart(fn () => throw new DomainException("no database today"));';
$caught = <<<'PHP'
    try { $server->start(); } catch (Sluice\ServerException $e) {
        note('caught in ' . getmypid() . ': ' . $e->getMessage());
        exit(7);
    }
    PHP;
$server = ServerProcess::run(str_replace('$server->start();', $caught, crew('workers: 2', setup: $setup)));
echo ending($server, null), "\n";
check('once, in the process that was started', substr_count($server->stdout, 'caught in') === 1
    && str_contains($server->stdout, "caught in {$server->pid}:"), $server->stdout);
check('it says why', preg_match('/caught .*no database today/', $server->stdout) === 1, $server->stdout);
check('the port is free again', @stream_socket_client($server->addresses[0]) === false);

$server = ServerProcess::run(crew('workers: 2', setup: $setup, after: 'note("RETURNED");'));
$status = $server->wait();
echo $status === 0 ? 'EXIT 0' : 'uncaught, the exit status is not 0', ', ', left_behind($server), "\n";
$output = $server->stdout . $server->stderr;
check('it says why', str_contains($output, 'no database today'), $output);
check('nothing went on', !str_contains($output, 'RETURNED'));

$server = ServerProcess::run(crew('supervise: true', setup: $setup));
echo $server->wait() === 0 ? 'EXIT 0' : 'a single supervised worker: the same', ', ', left_behind($server), "\n";
?>
--EXPECT--
exit 7, nothing left behind
once, in the process that was started: yes
it says why: yes
the port is free again: yes
uncaught, the exit status is not 0, nothing left behind
it says why: yes
nothing went on: yes
a single supervised worker: the same, nothing left behind
