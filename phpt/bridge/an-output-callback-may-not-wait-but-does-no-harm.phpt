--TEST--
An output callback that waits gets an exception or an error, and the server serves on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) {
        if ($request->getPath() === '/fine') return 'fine';
        ob_start(function ($text) {
            try { Sluice\delay(0.001); return "waited $text"; }
            catch (Throwable $e) { note(get_class($e)); return "refused $text"; }
        });
        echo 'x';
        ob_end_flush();
        return 'done';
    }
    PHP);
$a = h1($server->url('/callback'));
check('answered', in_array($a->status, [200, 500], true), (string) $a);
echo h1($server->url('/fine')), "\n";
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
answered: yes
200 fine
exit 0
