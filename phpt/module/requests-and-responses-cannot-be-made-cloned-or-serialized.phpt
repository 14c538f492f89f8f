--TEST--
Only the server makes a Request, Response or TlsInfo; none is serialized, and no Server, Request or Response is cloned
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use ($server) {
        $tried = [];
        foreach ([$request, $response, $request->getTls(), $server] as $object) {
            $class = substr($object::class, 7);
            if (!$object instanceof Sluice\TlsInfo) {
                $tried["clone $class"] = attempt(fn () => clone $object);
            }
            $tried["serialize $class"] = attempt(fn () => serialize($object));
            if (!$object instanceof Sluice\Server) {
                $tried["new $class"] = attempt(fn () => new ($object::class)());
            }
            $tried["unserialize $class"] = attempt(fn () => unserialize('O:' . strlen($object::class) . ':"' . $object::class . '":0:{}'));
        }
        return $tried;
    }
    PHP, tls: 'Sluice\Tls::selfSigned()');
$answer = h1($server->url());
foreach (json_decode($answer->body, true) as $what => $result) {
    [, $class] = explode(' ', $what);
    check("$what is refused by name", preg_match("/^\w+: .*\b$class\b/", $result) === 1, $result);
}
$server->finish();
?>
--EXPECT--
clone Request is refused by name: yes
serialize Request is refused by name: yes
new Request is refused by name: yes
unserialize Request is refused by name: yes
clone Response is refused by name: yes
serialize Response is refused by name: yes
new Response is refused by name: yes
unserialize Response is refused by name: yes
serialize TlsInfo is refused by name: yes
new TlsInfo is refused by name: yes
unserialize TlsInfo is refused by name: yes
clone Server is refused by name: yes
serialize Server is refused by name: yes
unserialize Server is refused by name: yes
exit 0
