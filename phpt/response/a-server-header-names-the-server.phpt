--TEST--
serverHeader is in every response, refusals among them, unless the handler sets its own; null sends none
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    function ($request, $r) {
        match ($request->getPath()) {
            '/own' => $r->setHeader('Server', 'mine'),
            '/throws' => throw new Exception('x'),
            '/stream' => $r->write('x'),
            default => null,
        };
    }
    PHP;
foreach (['serverHeader: "Sluice/1 (test)", ' => 'named', '' => 'unnamed'] as $option => $what) {
    $server = serve($handler, "new Sluice\\Server({$option}limits: new Sluice\\Limits(body: 10, connections: 3))");
    foreach (protocols() as $name => $get) {
        foreach (['/', '/own', '/throws', '/stream', '/refused'] as $path) {
            $answer = $get($server->url($path), ...($path === '/refused' ? ['-d', str_repeat('x', 20)] : []));
            echo "$what $name $path {$answer->status} ", json_encode($answer->header('server')), "\n";
        }
    }
    $held = [];
    for ($i = 0; $i < 3; $i++) {
        $held[] = $client = Raw::connect($server->addresses[0]);
        $client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        $client->answer();
    }
    $answer = Raw::connect($server->addresses[0])->answer();
    echo "$what {$answer->status} ", json_encode($answer->header('server')), "\n";
    $server->stop();
}
foreach (['', ' ', "a\nb"] as $wrong) {
    echo attempt(fn () => new Sluice\Server(serverHeader: $wrong)), "\n";
}
?>
--EXPECT--
named h1 / 200 "Sluice\/1 (test)"
named h1 /own 200 "mine"
named h1 /throws 500 "Sluice\/1 (test)"
named h1 /stream 200 "Sluice\/1 (test)"
named h1 /refused 413 "Sluice\/1 (test)"
named h2 / 200 "Sluice\/1 (test)"
named h2 /own 200 "mine"
named h2 /throws 500 "Sluice\/1 (test)"
named h2 /stream 200 "Sluice\/1 (test)"
named h2 /refused 413 "Sluice\/1 (test)"
named 503 "Sluice\/1 (test)"
unnamed h1 / 200 null
unnamed h1 /own 200 "mine"
unnamed h1 /throws 500 null
unnamed h1 /stream 200 null
unnamed h1 /refused 413 null
unnamed h2 / 200 null
unnamed h2 /own 200 "mine"
unnamed h2 /throws 500 null
unnamed h2 /stream 200 null
unnamed h2 /refused 413 null
unnamed 503 null
Sluice\ConfigException: serverHeader is empty: null sends no Server header
Sluice\ConfigException: serverHeader is empty: null sends no Server header
Sluice\ConfigException: the value "a\nb" of header server has a control character (CR, LF and NUL among them); these are not allowed
