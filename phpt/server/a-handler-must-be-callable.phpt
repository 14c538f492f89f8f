--TEST--
handle() and onError() refuse what is not callable with a TypeError
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = new Sluice\Server();
foreach (['no_such_function', [1, 2], 42, null, new stdClass(), 'Sluice\Server::nope'] as $value) {
    foreach (['handle', 'onError'] as $method) {
        $text = attempt(fn () => $server->$method($value));
        check($method . ' ' . get_debug_type($value), preg_match('/^TypeError: .*(callable|callback)/i', $text) === 1, $text);
    }
}
check('handle() returns the server', $server->handle('strrev') === $server);
check('onError() returns the server', $server->onError(fn () => null) === $server);
?>
--EXPECT--
handle string: yes
onError string: yes
handle array: yes
onError array: yes
handle int: yes
onError int: yes
handle null: yes
onError null: yes
handle stdClass: yes
onError stdClass: yes
handle string: yes
onError string: yes
handle() returns the server: yes
onError() returns the server: yes
