--TEST--
When the process is out of file descriptors it serves the connections that it has, does not spin, and recovers when there are some again
--EXTENSIONS--
sluice
--SKIPIF--
<?php if (!is_executable('/usr/bin/prlimit')) echo 'skip util-linux has prlimit';
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

const LIMIT = 60;

function cpu_seconds(int $pid): float
{
    $fields = explode(' ', preg_replace('/^.*\) /', '', file_get_contents("/proc/$pid/stat")));
    return ($fields[11] + $fields[12]) / 100;
}

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server();
    $server->handle(function ($request, $response) use ($server) {
        if ($request->getPath() === '/file') {
            try {
                $response->sendFile(__FILE__);
                return;
            } catch (Sluice\Exception $e) {
                return get_class($e) . ": {$e->getMessage()}";
            }
        }
        return $request->getPath() === '/stats' ? $server->stats()['listeners'][0]['connections'] : 'served';
    });
    say($server->listen('tcp://127.0.0.1:0'));
    $server->start();
    PHP, through: ['/usr/bin/prlimit', '--nofile=' . LIMIT]);
$get = fn (string $path) => "GET $path HTTP/1.1\r\nHost: x\r\n\r\n";
$kept = Raw::connect($server->addresses[0]);
$kept->send($get('/'));
echo 'before: ', $kept->answer()->body, "\n";

// More than it can take: the rest waits in the kernel's queue.
$many = array_map(fn () => Raw::connect($server->addresses[0]), range(1, 2 * LIMIT));
$server->waitFor('cannot accept on');
check('it has no descriptor left', count(scandir("/proc/{$server->pid}/fd")) - 2 >= LIMIT - 1);
$kept->send($get('/'));
echo 'meanwhile: ', $kept->answer()->body, "\n";
$kept->send($get('/file'));
echo 'a file: ', $kept->answer()->body, "\n";

// For so long it has nothing to do but to try again.
$before = cpu_seconds($server->pid);
pause(1.5);
$spent = cpu_seconds($server->pid) - $before;
check('it does not spin', $spent < 0.2, $spent);
$server->read();
$said = substr_count($server->stderr, 'cannot accept on');
check('it says so less and less often', $said >= 2 && $said <= 10, $said);

// Those that waited are served as others leave.
$last = array_pop($many);
$last->send($get('/'));
$many = [];
echo 'one that waited: ', $last->answer()->body, "\n";
$kept->send($get('/file'));
check('a file again', str_contains($kept->answer()->body, 'sendFile'));
$open = until('the others to be gone', function () use ($kept, $get) {
    $kept->send($get('/stats'));
    $stats = json_decode($kept->answer()->body);
    return $stats->open === 2 ? $stats : null;
});
check('nobody was refused or lost', $open->accepted === 2 * LIMIT + 1 && $open->refused === 0, $open);
echo 'exit ', $server->stop(), "\n";
echo preg_replace('/^.*cannot accept on .*\n/m', '', $server->stderr);
?>
--EXPECTF--
before: served
it has no descriptor left: yes
meanwhile: served
a file: Sluice\%s: %s
it does not spin: yes
it says so less and less often: yes
one that waited: served
a file again: yes
nobody was refused or lost: yes
exit 0
