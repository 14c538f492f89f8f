--TEST--
A destructor that writes or waits works or throws, and never hangs or kills the server
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        switch ($request->getPath()) {
            case '/fine': return 'fine';
            case '/write':
                $x = new class($r) { function __construct(public $r) {} function __destruct() { $this->r->write('from the destructor'); } };
                unset($x);
                $r->end();
                return;
            case '/wait':
                $x = new class { function __destruct() { note('wait: ' . strtok(attempt(fn () => Sluice\delay(0.01)), ':')); } };
                unset($x);
                return 'waited';
            case '/large':
                $x = new class($r) {
                    function __construct(public $r) {}
                    function __destruct() { note('large: ' . strtok(attempt($this->write(...)), ':')); }
                    function write() { for ($i = 0; $i < 100; $i++) $this->r->write(str_repeat('x', 100000)); }
                };
                unset($x);
                $r->end();
                return;
            case '/locals':
                $x = new class($r) { function __construct(public $r) {} function __destruct() { note('locals destroyed'); } };
                throw new Exception('with locals');
        }
    }
    PHP);
echo h1($server->url('/write')), "\n";
foreach (['/wait', '/large', '/locals'] as $path) {
    $a = h1($server->url($path));
    echo "$path ", in_array($a->status, [200, 500], true) ? 'answered' : "NO ANSWER {$a->exit}", "\n";
}
echo h1($server->url('/fine')), "\n";
$server->finish();
?>
--EXPECTF--
200 from the destructor
/wait answered
/large answered
/locals answered
200 fine
exit 0
stdout: wait: %s
stdout: large: %s
stdout: locals destroyed
stderr: [sluice] Exception: with locals in %s:%d
