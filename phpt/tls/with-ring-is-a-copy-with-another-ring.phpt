--TEST--
withRing() leaves the original alone; one certificate serves listeners with different rings
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

[$certificate, $key] = certificate();
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server();
    \$server->handle(fn (\$r) => \$r->getPath() === '/stats' ? \$server->stats() : Body::of(50000));
    \$tls = new Sluice\Tls('$certificate', '$key');
    \$small = \$tls->withRing(1024);
    note(json_encode([\$small !== \$tls, \$small instanceof Sluice\Tls]));
    say(
        \$server->listen('tcp://127.0.0.1:0', \$tls),
        \$server->listen('tcp://127.0.0.1:0', \$small),
        \$server->listen('tcp://127.0.0.1:0', \$small->withRing(1048576)),
    );
    \$server->start();
    PHP);
$server->scheme = 'https';
for ($i = 0; $i < 3; $i++) {
    check("listener $i", h1($server->url(listener: $i))->isBody(50000));
}
foreach (json_decode(h1($server->url('/stats'))->body, true)['listeners'] as $listener) {
    echo $listener['ring']['capacity'], "\n";
}
$server->finish();
?>
--EXPECTF--
listener 0: yes
listener 1: yes
listener 2: yes
%d
1024
1048576
exit 0
stdout: [true,true]
