--TEST--
write() commits status and headers; after it changes throw a StateException and the sent ones stay
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $before = [$r->isCommitted(), $r->isEnded()];
        $r->setStatus(203)->setHeader('X-A', '1');
        $r->write('body');
        $facts = [$before, [$r->isCommitted(), $r->isEnded()]];
        foreach ([
            fn () => $r->setStatus(500), fn () => $r->setHeader('X-A', '2'), fn () => $r->addHeader('X-B', '1'), fn () => $r->removeHeader('X-A'),
            fn () => $r->json([]), fn () => $r->redirect('/'),
        ] as $call) $facts[] = strtok(attempt($call), ':');
        $r->end();
        $facts[] = [$r->isCommitted(), $r->isEnded(), $r->isWritable()];
        foreach ([fn () => $r->write('x'), fn () => $r->tryWrite('x'), fn () => $r->end(), fn () => $r->setTrailer('a', 'b')] as $call) {
            $facts[] = strtok(attempt($call), ':');
        }
        note(json_encode($facts));
        return 'ignored or refused';
    }
    PHP);
foreach (protocols() as $name => $get) {
    $a = $get($server->url());
    echo "$name $a {$a->header('x-a')} ", json_encode($a->header('x-b')), "\n";
}
$server->stop();
echo $server->stdout;
?>
--EXPECT--
h1 203 body 1 null
h2 203 body 1 null
[[false,false],[true,false],"Sluice\\StateException","Sluice\\StateException","Sluice\\StateException","Sluice\\StateException","Sluice\\StateException","Sluice\\StateException",[true,true,false],"Sluice\\StateException","Sluice\\StateException","Sluice\\StateException","Sluice\\StateException"]
[[false,false],[true,false],"Sluice\\StateException","Sluice\\StateException","Sluice\\StateException","Sluice\\StateException","Sluice\\StateException","Sluice\\StateException",[true,true,false],"Sluice\\StateException","Sluice\\StateException","Sluice\\StateException","Sluice\\StateException"]
