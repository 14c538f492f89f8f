--TEST--
haproxy in front: send-proxy, send-proxy-v2 with its extensions, and a Forwarded header of its own making tell whose request it is
--EXTENSIONS--
sluice
--SKIPIF--
<?php
if (!is_executable('/usr/sbin/haproxy')) die('skip haproxy is not there');
?>
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$who = WHO;
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server();
    \$server->handle(fn (\$request) => \$request->getPath() === '/stats' ? \$server->stats() : ($who)(\$request));
    say(\$server->listen('tcp://127.0.0.1:0', proxies: new Sluice\Proxies(['127.0.0.1'], headers: 'forwarded')),
        \$server->listen('tcp://127.0.0.1:0', Sluice\Tls::selfSigned(), new Sluice\Proxies(['127.0.0.1'], 'required')),
        \$server->listen('tcp://127.0.0.1:0'));
    \$server->start();
    PHP);
[$plain, $secure] = array_map(fn ($address) => substr($address, strlen('tcp://')), $server->addresses);
$haproxy = fn (string $mode, string $rest) => new Front('haproxy', fn (int $port) => <<<CONF
    defaults
        mode $mode
        timeout connect 10s
        timeout client 20s
        timeout server 20s
    listen front
        bind fd@3
        $rest

    CONF);
foreach (['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options ssl,cert-cn,crc32c,unique-id'] as $option) {
    $front = $haproxy('tcp', "server sluice $secure $option");
    foreach (protocols() as $version => $ask) {
        $answer = $ask($front->url('/', 'https'), '--interface', '127.0.0.5');
        [$address, $port, $scheme, , $local] = json_decode($answer->body);
        echo str_replace((string) $front->port, 'PORT', "$option, {$answer->version}: $address $scheme $local"), "\n";
    }
    $front->end();
}
$front = $haproxy('http', <<<CONF
    http-request add-header Forwarded "for=\"%[src]:%[src_port]\";proto=http;host=\"%[req.hdr(host)]\""
        server sluice $plain
    CONF);
$answer = h1($front->url(), '--interface', '127.0.0.5', '-H', 'Host: www.example', '-H', 'Forwarded: for="6.6.6.6', '-H', 'X-Forwarded-For: 6.6.6.6');
[$address, $port, $scheme, $host] = json_decode($answer->body);
echo "$address $scheme $host\n";
check('the port is told', $port > 0, $port);
// A health check tells of nobody.
$front = $haproxy('tcp', "server sluice $secure check inter 50ms check-send-proxy send-proxy-v2");
$count = fn () => json_decode(h1($server->url('/stats', 2))->body, true)['listeners'][1]['proxyHeaders'];
$before = $count()['ok'];
check('health checks are taken', until('some health checks', fn () => $count()['ok'] >= $before + 2));
echo $count()['failed'], " failed\n";
?>
--EXPECT--
send-proxy, 1.1: 127.0.0.5 https tcp://127.0.0.1:PORT
send-proxy, 2: 127.0.0.5 https tcp://127.0.0.1:PORT
send-proxy-v2, 1.1: 127.0.0.5 https tcp://127.0.0.1:PORT
send-proxy-v2, 2: 127.0.0.5 https tcp://127.0.0.1:PORT
send-proxy-v2 proxy-v2-options ssl,cert-cn,crc32c,unique-id, 1.1: 127.0.0.5 https tcp://127.0.0.1:PORT
send-proxy-v2 proxy-v2-options ssl,cert-cn,crc32c,unique-id, 2: 127.0.0.5 https tcp://127.0.0.1:PORT
127.0.0.5 http www.example
the port is told: yes
health checks are taken: yes
0 failed
