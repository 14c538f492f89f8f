--TEST--
A reload whose new code does not start keeps the old one serving, says why, and a later one works
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(crew('workers: 2', 'one'));
await_ready($server, 2);
$children = $server->children();
$pids = ready(crew_stats($server));
$clients = one_each($server, 2);
$keeper = array_key_first($clients);
$kept = $clients[$keeper];
$hammer = new Hammer($server);
$broken = [
    'does not parse' => ['this is no PHP;', 'syntax error'],
    'throws before start()' => ['throw new DomainException("thrown early");', 'thrown early'],
    'throws in onStart()' => [
        crew('workers: 2', 'BROKEN', '$server->onStart(fn () => throw new DomainException("thrown in a worker"));'),
        'thrown in a worker',
    ],
    'ends without start()' => ['exit(0);', '/\[sluice\].*(start|end|exit|reload)/i'],
    'is killed by a fatal error' => ['trigger_error("the end of it", E_USER_ERROR);', 'the end of it'],
    'has no listener' => [
        '$server = new Sluice\Server(workers: 2); $server->handle(fn () => "BROKEN"); $server->start();',
        '/\[sluice\].*(listen|start|reload)/i',
    ],
];
foreach ($broken as $what => [$code, $reason]) {
    $server->stdout = $server->stderr = '';
    $server->rewrite($code);
    $server->signal(ServerProcess::SIGHUP);
    $hammer->until("the log to say why it $what", function () use ($server, $reason) {
        $server->read();
        $output = $server->stdout . $server->stderr;
        return $reason[0] === '/' ? preg_match($reason, $output) : str_contains($output, $reason);
    });
    until('nothing of it to be left', fn () => $server->children() === $children);
    $hammer->wave();
    echo "$what: the log says why, ", implode(', ', array_keys($hammer->bodies)), ' still answers, failed: ', $hammer->failed(), "\n";
    check('by the same workers', ready(crew_stats($server)) === $pids, crew_stats($server)['workers']);
    echo (string) ask($kept, '/pid') === "200 $keeper" ? 'on the same connections' : 'NOT ON THE SAME CONNECTION', "\n";
}
$server->rewrite(crew('workers: 2', 'two'));
$server->signal(ServerProcess::SIGHUP);
$hammer->until('the new code', fn ($bodies) => array_unique($bodies) === ['two']);
echo 'then: ', implode(', ', array_keys($hammer->bodies)), ', failed: ', $hammer->failed(), "\n";
echo ending($server), "\n";
?>
--EXPECT--
does not parse: the log says why, one still answers, failed: none
by the same workers: yes
on the same connections
throws before start(): the log says why, one still answers, failed: none
by the same workers: yes
on the same connections
throws in onStart(): the log says why, one still answers, failed: none
by the same workers: yes
on the same connections
ends without start(): the log says why, one still answers, failed: none
by the same workers: yes
on the same connections
is killed by a fatal error: the log says why, one still answers, failed: none
by the same workers: yes
on the same connections
has no listener: the log says why, one still answers, failed: none
by the same workers: yes
on the same connections
then: one, two, failed: none
exit 0, nothing left behind
