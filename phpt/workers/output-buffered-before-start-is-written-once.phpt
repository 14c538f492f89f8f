--TEST--
What is in an output buffer when start() is called is written once, not once in each process
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

// The buffer would hold back what say() says too.
$server = ServerProcess::run(<<<'PHP'
    ob_start();
    echo "held back\n";
    register_shutdown_function(fn () => print("at shutdown\n"));
    $server = new Sluice\Server(workers: 3);
    $server->handle(answers($server, 'one'));
    note('listening ' . $server->listen('tcp://127.0.0.1:0'));
    $server->start();
    PHP);
[$victim] = await_ready($server, 3);
kill($victim, ServerProcess::SIGKILL);
await_ready($server, 3, [$victim]);
echo get($server, '/exit')->exit === 0 ? 'exit() in a handler too' : 'NO ANSWER', "\n";
echo ending($server), "\n";
foreach (['held back', 'at shutdown'] as $text) {
    echo "$text: ", substr_count($server->stdout, $text), " time\n";
}
?>
--EXPECT--
exit() in a handler too
exit 0, nothing left behind
held back: 1 time
at shutdown: 1 time
