--TEST--
read() of zero or less throws and leaves the body as it was
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn ($r) => [attempt(fn () => $r->read(0)), attempt(fn () => $r->read(-1)), $r->read(3), $r->getBody()]');
foreach (json_decode(h1($server->url(), '-d', 'abcdef')->body) as $line) {
    echo $line, "\n";
}
?>
--EXPECTF--
%s: %s
%s: %s
abc
def
