--TEST--
Proxies: protocol: 'optional' takes curl with its own header and without; whoever is not trusted is never heard
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['plain' => null, 'TLS' => 'Sluice\Tls::selfSigned()'] as $name => $tls) {
    foreach (['optional', 'required'] as $protocol) {
        $settings = $tls ?? 'null';
        $who = WHO;
        $server = ServerProcess::run(<<<PHP
            \$server = new Sluice\Server();
            \$server->handle(fn (\$request) => \$request->getPath() === '/stats' ? \$server->stats() : ($who)(\$request));
            say(\$server->listen('tcp://127.0.0.1:0', $settings, new Sluice\Proxies(['127.0.0.2'], '$protocol')),
                \$server->listen('tcp://127.0.0.1:0'));
            \$server->start();
            PHP);
        $url = preg_replace('~^http:~', $tls === null ? 'http:' : 'https:', $server->url());
        foreach (protocols() as $version => $ask) {
            foreach (['127.0.0.2', '127.0.0.3'] as $from) {
                $with = $ask($url, '--haproxy-protocol', '--interface', $from);
                $without = $ask($url, '--interface', $from);
                echo "$name $protocol $version $from: ", outcome($with), ', ', outcome($without), "\n";
            }
        }
        echo json_encode(json_decode(h1($server->url('/stats', 1))->body, true)['listeners'][0]['proxyHeaders']), "\n";
    }
}

function outcome(Answer $answer): string
{
    return $answer->status === 0 ? 'closed' : (json_decode($answer->body)[0] ?? (string) $answer->status);
}
?>
--EXPECT--
plain optional h1 127.0.0.2: 127.0.0.2, 127.0.0.2
plain optional h1 127.0.0.3: 400, 127.0.0.3
plain optional h2 127.0.0.2: 127.0.0.2, 127.0.0.2
plain optional h2 127.0.0.3: closed, 127.0.0.3
{"ok":2,"failed":0}
plain required h1 127.0.0.2: 127.0.0.2, closed
plain required h1 127.0.0.3: closed, closed
plain required h2 127.0.0.2: 127.0.0.2, closed
plain required h2 127.0.0.3: closed, closed
{"ok":2,"failed":6}
TLS optional h1 127.0.0.2: 127.0.0.2, 127.0.0.2
TLS optional h1 127.0.0.3: closed, 127.0.0.3
TLS optional h2 127.0.0.2: 127.0.0.2, 127.0.0.2
TLS optional h2 127.0.0.3: closed, 127.0.0.3
{"ok":2,"failed":0}
TLS required h1 127.0.0.2: 127.0.0.2, closed
TLS required h1 127.0.0.3: closed, closed
TLS required h2 127.0.0.2: 127.0.0.2, closed
TLS required h2 127.0.0.3: closed, closed
{"ok":2,"failed":6}
