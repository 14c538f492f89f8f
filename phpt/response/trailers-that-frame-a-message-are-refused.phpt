--TEST--
Trailers may not carry framing, routing or credentials
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    fn ($request, $r) => array_map(fn ($name) => strtok(attempt(fn () => $r->setTrailer($name, 'x')), ':'),
        ['Content-Length', 'Transfer-Encoding', 'Host', 'Trailer', 'Connection', 'X-Fine'])
    PHP);
$said = json_decode(h1($server->url())->body);
foreach (array_slice($said, 0, 5) as $result) {
    check('refused', preg_match('/(Exception|Error)$/', $result) === 1, $result);
}
echo end($said), "\n";
?>
--EXPECT--
refused: yes
refused: yes
refused: yes
refused: yes
refused: yes
returned Sluice\Response
