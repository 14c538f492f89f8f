--TEST--
A reload keeps the listeners that the new code still has, closes the others and opens new ones
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$old = scratch('old.sock');
$new = scratch('new.sock');
$code = fn (string $version, string $socket, string $more) => <<<PHP
    \$server = new Sluice\Server(workers: 2);
    \$server->handle(answers(\$server, '$version'));
    say(\$server->listen('tcp://127.0.0.1:0'), \$server->listen('unix://$socket')$more);
    \$server->start();
    PHP;
$server = ServerProcess::run($code('one', $old, ", \$server->listen('tcp://127.0.0.2:0')"));
await_ready($server, 2);
echo get($server), ', ', h1('http://unix/', '--unix-socket', $old), ', ', h1($server->url(listener: 2)), "\n";
$server->rewrite($code('two', $new, ''));
$server->signal(ServerProcess::SIGHUP);
$hammer = new Hammer($server);
$hammer->until('the new code', fn ($bodies) => array_unique($bodies) === ['two']);
await_generation($server, 2, 2);
await_closed($server->addresses[2]);
await_closed("unix://$old");
echo get($server), ' on the same port, ', h1('http://unix/', '--unix-socket', $new), " on the new socket\n";
check('the old socket file is gone', !file_exists($old));
echo 'failed: ', $hammer->failed(), "\n", ending($server), "\n";
check('the new one is too', !file_exists($new));
?>
--EXPECT--
200 one, 200 one, 200 one
200 two on the same port, 200 two on the new socket
the old socket file is gone: yes
failed: none
exit 0, nothing left behind
the new one is too: yes
