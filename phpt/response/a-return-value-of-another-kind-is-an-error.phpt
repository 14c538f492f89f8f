--TEST--
Returning an object, an int or a bool is a 500 that is logged; so is an iterable of something else than strings
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    fn ($request) => match ($request->getPath()) {
        '/object' => new stdClass(),
        '/int' => 42,
        '/bool' => true,
        '/pieces' => (function () { yield new stdClass(); })(),
    }
    PHP);
foreach (['object', 'int', 'bool', 'pieces'] as $path) {
    echo "$path: ", h1($server->url("/$path")), "\n";
}
$server->finish();
?>
--EXPECTF--
object: 500 Internal Server Error
int: 500 Internal Server Error
bool: 500 Internal Server Error
pieces: 500 Internal Server Error
exit 0
stderr: [sluice] %s: %sstdClass%S in %s:%d
stderr: [sluice] %s: %sint%S in %s:%d
stderr: [sluice] %s: %sbool%S in %s:%d
stderr: [sluice] %s: %sstdClass%S in %s:%d
