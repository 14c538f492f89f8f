--TEST--
Only events() makes an EventStream; it is neither cloned nor serialized, and harmless when its request is over
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use (&$kept) {
        if ($kept !== null) {
            return [$kept->isOpen(), $kept->getLastEventId(), attempt(fn () => $kept->send('late')), attempt(fn () => $kept->close())];
        }
        $kept = $response->events();
        foreach ([fn () => clone $kept, fn () => serialize($kept), fn () => new Sluice\EventStream(), fn () => unserialize('O:18:"Sluice\EventStream":0:{}')] as $call) {
            $kept->send(attempt($call));
        }
    }
    PHP, before: '$kept = null;');
preg_match_all('/^data: (\w+): .*EventStream/m', h1($server->url())->body, $found);
echo implode(' ', $found[1]), "\n", h1($server->url()), "\n";
$server->finish();
?>
--EXPECT--
Error Exception Error Exception
200 [false,null,"Sluice\\StateException: the response has ended: nothing can be written after it","returned null"]
exit 0
