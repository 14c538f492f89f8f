--TEST--
Headers are found in any case; repeated lines stay a list and join with a comma
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    fn ($r) => [
        $r->getHeader('X-ONE'), $r->getHeader('x-one'), $r->getHeaderLine('X-One'), $r->hasHeader('X-oNE'),
        $r->getHeader('x-none'), $r->getHeaderLine('x-none'), $r->hasHeader('x-none'),
        $r->getHeaders()['x-one'] ?? $r->getHeaders()['X-One'] ?? null, $r->getHeaderLine('x-empty'), $r->hasHeader('x-empty'),
    ]
    PHP);
foreach (protocols() as $name => $get) {
    echo $name, ' ', $get($server->url(), '-H', 'X-One: 1', '-H', 'x-ONE: 2, 3', '-H', 'X-One:  4', '-H', 'X-Empty;')->body, "\n";
}
?>
--EXPECT--
h1 [["1","2, 3","4"],["1","2, 3","4"],"1, 2, 3, 4",true,[],"",false,["1","2, 3","4"],"",true]
h2 [["1","2, 3","4"],["1","2, 3","4"],"1, 2, 3, 4",true,[],"",false,["1","2, 3","4"],"",true]
