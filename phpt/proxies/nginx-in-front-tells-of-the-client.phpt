--TEST--
nginx in front: X-Forwarded-* of its own making, and its proxy_protocol before TLS, tell whose request it is
--EXTENSIONS--
sluice
--SKIPIF--
<?php
if (!is_executable('/usr/sbin/nginx')) die('skip nginx is not there');
if (!is_file('/usr/lib/nginx/modules/ngx_stream_module.so')) die('skip nginx has no stream module (libnginx-mod-stream)');
?>
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$who = WHO;
$server = ServerProcess::run(<<<PHP
    \$server = new Sluice\Server();
    \$server->handle($who);
    say(\$server->listen('tcp://127.0.0.1:0', proxies: new Sluice\Proxies(['127.0.0.1'], headers: 'x-forwarded')),
        \$server->listen('tcp://127.0.0.1:0', Sluice\Tls::selfSigned(), new Sluice\Proxies(['127.0.0.1'], 'required')));
    \$server->start();
    PHP);
[$plain, $secure] = array_map(fn ($address) => substr($address, strlen('tcp://')), $server->addresses);
foreach (['http' => '', 'https' => 'ssl http2'] as $scheme => $listens) {
    $certificate = $scheme === 'http' ? '' : sprintf('ssl_certificate %s; ssl_certificate_key %s;', ...certificate());
    $front = new Front('nginx', fn (int $port) => nginx('', <<<CONF
        http {
            {temporary}
            server {
                listen 127.0.0.1:$port $listens;
                $certificate
                location / {
                    proxy_pass http://$plain;
                    proxy_http_version 1.1;
                    proxy_set_header Host \$http_host;
                    proxy_set_header X-Forwarded-For \$proxy_add_x_forwarded_for;
                    proxy_set_header X-Forwarded-Proto \$scheme;
                    proxy_set_header X-Forwarded-Host \$http_host;
                    proxy_set_header X-Forwarded-Port \$server_port;
                }
            }
        }
        CONF));
    $answer = curl($front->url('/', $scheme), '--interface', '127.0.0.5', '-H', 'X-Forwarded-For: 6.6.6.6', '-H', 'X-Forwarded-Proto: ftp',
        '-H', 'Forwarded: for=6.6.6.6');
    echo str_replace((string) $front->port, 'PORT', implode(' ', array_slice(json_decode($answer->body), 0, 4))), "\n";
}
$front = new Front('nginx', fn (int $port) => nginx('load_module /usr/lib/nginx/modules/ngx_stream_module.so;', <<<CONF
    stream { server { listen 127.0.0.1:$port; proxy_pass $secure; proxy_protocol on; } }
    CONF));
foreach (protocols() as $version => $ask) {
    $answer = $ask($front->url('/', 'https'), '--interface', '127.0.0.5', '--local-port', '20000-60000');
    [$address, $port, $scheme, $host, $local] = json_decode($answer->body);
    echo str_replace((string) $front->port, 'PORT', "$version {$answer->version}: $address $scheme $host $local"), "\n";
    check('the port is the client\'s', $port >= 20000 && $port <= 60000, $port);
}
?>
--EXPECT--
127.0.0.5 0 http 127.0.0.1:PORT
127.0.0.5 0 https 127.0.0.1:PORT
h1 1.1: 127.0.0.5 https 127.0.0.1:PORT tcp://127.0.0.1:PORT
the port is the client's: yes
h2 2: 127.0.0.5 https 127.0.0.1:PORT tcp://127.0.0.1:PORT
the port is the client's: yes
