--TEST--
Addresses that do not parse throw a BindException with the value and what would be right
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = new Sluice\Server();
$bad = [
    '', ':8080', '8080', 'tcp://', 'tcp://127.0.0.1', 'tcp://127.0.0.1:', 'tcp://127.0.0.1:65536', 'tcp://127.0.0.1:-1',
    'tcp://127.0.0.1:80x', 'http://127.0.0.1:0', 'udp://127.0.0.1:0', '::1:80', 'tcp://[::1', 'example.com:80',
    'unix://', 'unix://relative.sock', "unix:///tmp/a\0b", '127.0.0.256:0', 'unix:///' . str_repeat('x', 200),
];
foreach ($bad as $address) {
    $text = attempt(fn () => $server->listen($address));
    $said = substr(trim(json_encode($address, JSON_UNESCAPED_SLASHES), '"'), 0, 30);
    echo $said, ': ', strtok($text, ':'), ', ', strlen($text) > strlen('Sluice\BindException: ') + 10 ? 'says why' : $text, "\n";
    if (!in_array($address, ['', "unix:///tmp/a\0b"], true) && !str_contains($text, $address)) {
        echo "  does not name it: $text\n";
    }
}
$text = attempt(fn () => $server->listen('example.com:80'));
check('a name needs an IP address', stripos($text, 'IP address') !== false, $text);
?>
--EXPECT--
: Sluice\BindException, says why
:8080: Sluice\BindException, says why
8080: Sluice\BindException, says why
tcp://: Sluice\BindException, says why
tcp://127.0.0.1: Sluice\BindException, says why
tcp://127.0.0.1:: Sluice\BindException, says why
tcp://127.0.0.1:65536: Sluice\BindException, says why
tcp://127.0.0.1:-1: Sluice\BindException, says why
tcp://127.0.0.1:80x: Sluice\BindException, says why
http://127.0.0.1:0: Sluice\BindException, says why
udp://127.0.0.1:0: Sluice\BindException, says why
::1:80: Sluice\BindException, says why
tcp://[::1: Sluice\BindException, says why
example.com:80: Sluice\BindException, says why
unix://: Sluice\BindException, says why
unix://relative.sock: Sluice\BindException, says why
unix:///tmp/a\u0000b: Sluice\BindException, says why
127.0.0.256:0: Sluice\BindException, says why
unix:///xxxxxxxxxxxxxxxxxxxxxx: Sluice\BindException, says why
a name needs an IP address: yes
