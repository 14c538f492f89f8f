--TEST--
stop() from a handler answers that request, start() returns and the script goes on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) use ($server) {
        $server->stop();
        return "last words";
    }
    PHP, after: 'note("after start()"); exit(7);');
echo h1($server->url()), "\n";
echo 'exit ', $server->wait(), "\n", $server->stdout, $server->stderr;
check('the port is free again', @stream_socket_client($server->addresses[0]) === false);
?>
--EXPECT--
200 last words
exit 7
after start()
the port is free again: yes
