--TEST--
Headers are set, added, removed and read back in any case; each method returns the response
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $same = $r->setHeader('X-One', '1') === $r && $r->addHeader('x-one', '2') === $r && $r->setHeader('X-Gone', 'x') === $r
            && $r->removeHeader('x-GONE') === $r && $r->setStatus(202, 'Fine') === $r && $r->removeHeader('x-never') === $r;
        $r->setHeader('X-List', ['a', 'b'])->addHeader('X-List', ['c']);
        $r->addHeader('Set-Cookie', 'a=1')->addHeader('Set-Cookie', 'b=2');
        $r->setHeader('X-Replaced', 'old')->setHeader('x-replaced', 'new');
        $r->setHeader('X-Empty', '');
        $facts = [$same, $r->getHeader('X-ONE'), $r->hasHeader('x-gone'), $r->getHeader('x-gone'), $r->getStatus(), $r->isCommitted(), $r->isEnded(), array_change_key_case($r->getHeaders())['x-list']];
        return json_encode($facts);
    }
    PHP);
foreach (protocols() as $name => $get) {
    $a = $get($server->url());
    echo "$name $a\n  ", json_encode([$a->reason, $a->headers['x-one'], $a->headers['x-list'], $a->headers['set-cookie'], $a->headers['x-replaced'], $a->headers['x-empty'], $a->header('x-gone')]), "\n";
}
?>
--EXPECT--
h1 202 [true,["1","2"],false,[],202,false,false,["a","b","c"]]
  ["Fine",["1","2"],["a","b","c"],["a=1","b=2"],["new"],[""],null]
h2 202 [true,["1","2"],false,[],202,false,false,["a","b","c"]]
  ["",["1","2"],["a","b","c"],["a=1","b=2"],["new"],[""],null]
