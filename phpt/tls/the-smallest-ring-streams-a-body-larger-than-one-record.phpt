--TEST--
The defect that this server was born from: a ring of 1 KiB and a body larger than a record
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

foreach (['p256', 'rsa'] as $kind) {
    foreach (['1.2', '1.3'] as $version) {
        $server = serve('fn () => Body::of(50000)', tls: tls_code($kind, 1024));
        foreach (protocols() as $name => $get) {
            $a = $get($server->url(), '--tls-max', $version);
            check("$kind TLS $version $name", $a->exit === 0 && $a->version === ($name === 'h1' ? '1.1' : '2') && $a->isBody(50000), [$a->exit, strlen($a->body)]);
        }
        $server->stop();
    }
}
?>
--EXPECT--
p256 TLS 1.2 h1: yes
p256 TLS 1.2 h2: yes
p256 TLS 1.3 h1: yes
p256 TLS 1.3 h2: yes
rsa TLS 1.2 h1: yes
rsa TLS 1.2 h2: yes
rsa TLS 1.3 h1: yes
rsa TLS 1.3 h2: yes
