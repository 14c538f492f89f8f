--TEST--
Warnings, notices and user error handlers work in a handler as in any script
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    set_error_handler(function ($level, $message) { note("handler: $message"); return true; });
    $server = new Sluice\Server();
    $server->handle(function ($request) {
        $none = [];
        $x = $none['missing'] ?? 'default';
        trigger_error('a warning', E_USER_WARNING);
        Sluice\delay(0.001);
        set_error_handler(fn () => throw new ErrorException('turned into an exception'));
        try { return $none['absent'] . 'x'; }
        catch (ErrorException $e) { return $e->getMessage(); }
        finally { restore_error_handler(); }
    });
    say($server->listen('tcp://127.0.0.1:0'));
    $server->start();
    PHP);
echo h1($server->url()), "\n", h1($server->url()), "\n";
$server->finish();
?>
--EXPECT--
200 turned into an exception
200 turned into an exception
exit 0
stdout: handler: a warning
stdout: handler: a warning
