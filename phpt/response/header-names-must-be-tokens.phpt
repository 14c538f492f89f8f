--TEST--
Header names that are no tokens, and values of no sensible type, throw
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $said = [];
        foreach (['', ' ', 'a b', 'a:b', 'é', "a\x7f", '(x)', 'a/b', ':status'] as $name) {
            $said["name \"$name\""] = attempt(fn () => $r->setHeader($name, 'v'));
        }
        $said['value of 0x01'] = attempt(fn () => $r->setHeader('X-A', "a\x01b"));
        $said['value of 0x7f'] = attempt(fn () => $r->setHeader('X-A', "a\x7fb"));
        $said['value of an object'] = attempt(fn () => $r->setHeader('X-A', new stdClass()));
        $said['list with an array'] = attempt(fn () => $r->setHeader('X-A', [['x']]));
        $said['tab inside'] = attempt(fn () => $r->setHeader('X-Tab', "a\tb"));
        $said['obs-text'] = attempt(fn () => $r->setHeader('X-Obs', "caf\xe9"));
        return json_encode($said, JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_UNICODE);
    }
    PHP);
$answer = h1($server->url());
foreach (json_decode($answer->body) as $what => $said) {
    echo preg_match('/^returned/', $said) ? "$what is taken" : (preg_match('/^[\w\\\\]+(Exception|Error): ./', $said) ? "$what throws" : "$what: $said"), "\n";
}
echo bin2hex($answer->header('x-tab')), ' ', bin2hex($answer->header('x-obs')), ' ', json_encode($answer->header('x-a')), "\n";
?>
--EXPECT--
name "" throws
name " " throws
name "a b" throws
name "a:b" throws
name "é" throws
name "a" throws
name "(x)" throws
name "a/b" throws
name ":status" throws
value of 0x01 throws
value of 0x7f throws
value of an object throws
list with an array throws
tab inside is taken
obs-text is taken
610962 636166e9 null
