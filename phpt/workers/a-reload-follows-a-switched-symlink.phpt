--TEST--
A reload resolves the path of the script again: a deploy that switches a symlink runs the new release
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['one', 'two'] as $release) {
    mkdir(scratch($release));
    file_put_contents(scratch("$release/version.php"), "<?php return '$release';");
    ServerProcess::write(scratch("$release/server.php"), <<<'PHP'
        $version = require __DIR__ . '/version.php';
        $server = new Sluice\Server(workers: 2);
        $server->handle(answers($server, $version));
        say($server->listen('tcp://127.0.0.1:0'));
        $server->start();
        PHP);
}
symlink('one', scratch('current'));
$server = ServerProcess::start(scratch('current/server.php'));
await_ready($server, 2);
$hammer = new Hammer($server);
$hammer->until('the old release', fn ($bodies) => in_array('one', $bodies, true));
symlink('two', scratch('next'));
rename(scratch('next'), scratch('current'));
$server->signal(ServerProcess::SIGHUP);
$hammer->until('the new release', fn ($bodies) => array_unique($bodies) === ['two']);
echo implode(', ', array_keys($hammer->bodies)), ', failed: ', $hammer->failed(), "\n";
echo ending($server), "\n";
?>
--EXPECT--
one, two, failed: none
exit 0, nothing left behind
