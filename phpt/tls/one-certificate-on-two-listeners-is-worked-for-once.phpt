--TEST--
Two listeners with the same Tls::acme() are one piece of work
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$storage = scratch('acme');
mkdir($storage, 0700);
// Where the locks would lie is no folder: each piece of work says so once, and waits for a minute.
touch("$storage/locks");
$server = ServerProcess::run(sprintf(<<<'PHP'
    $acme = fn (string ...$names) => Sluice\Tls::acme('https://localhost:1/directory', [], $names, %s);
    $server = new Sluice\Server();
    $server->handle(fn () => 'Hello');
    $shop = $acme('shop.test', 'www.shop.test');
    say($server->listen('tcp://127.0.0.1:0', $shop));
    $server->listen('tcp://127.0.0.1:0', $shop->withRing(4096));
    $server->listen('tcp://127.0.0.1:0', $acme('www.shop.test', 'shop.test'));
    $server->listen('tcp://127.0.0.1:0', $acme('other.test'));
    $server->start();
    PHP, var_export($storage, true)));
$server->waitFor('acme: other.test: the lock ');
$server->waitFor('acme: shop.test, www.shop.test: the lock ');
check('it ends well', $server->stop() === 0);
echo substr_count($server->stderr, 'acme: shop.test, www.shop.test: the lock '), "\n";
?>
--EXPECT--
it ends well: yes
1
