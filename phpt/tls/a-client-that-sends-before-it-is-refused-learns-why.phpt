--TEST--
A TLS 1.3 client that sends all of its request before it reads is let finish, and then reads why it is refused
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$ca = new ClientCa();
$server = serve('fn () => "hello"', tls: "Sluice\\Tls::selfSigned()->withClientCa('$ca->file')");
$told = [];
set_error_handler(function (int $level, string $message) use (&$told) {
    $told[] = strtr($message, "\n", ' ');
    return true;
});
$context = stream_context_create(['ssl' => [
    'verify_peer' => false, 'verify_peer_name' => false, 'crypto_method' => STREAM_CRYPTO_METHOD_TLSv1_3_CLIENT,
]]);
$client = stream_socket_client("ssl://127.0.0.1:{$server->port}", timeout: 10, context: $context);
check('no alert yet', $told === [], $told);
$head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8388608\r\n\r\n";
$sent = fwrite($client, $head . str_repeat('x', 8 << 20));
check('all is sent', $sent === strlen($head) + (8 << 20) && $told === [], [$sent, $told]);
fread($client, 1);
check('the alert comes', str_contains(implode($told), 'alert certificate required'), $told);
fclose($client);
echo 'exit ', $server->stop(), "\n";
?>
--EXPECT--
no alert yet: yes
all is sent: yes
the alert comes: yes
exit 0
