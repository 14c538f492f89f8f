--TEST--
stats() tells, per listener, connections, handshakes, requests, bytes, ring and timeouts
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = ServerProcess::run(<<<'PHP'
    $server = new Sluice\Server();
    $server->handle(fn ($request) => $request->getPath() === '/stats' ? $server->stats() : 'hello');
    say($server->listen('tcp://127.0.0.1:0'), $server->listen('tcp://127.0.0.1:0', Sluice\Tls::selfSigned()->withRing(4096)));
    $server->start();
    PHP);
function shape(mixed $value, string $indent = ''): void
{
    foreach ($value as $key => $inner) {
        echo $indent, $key, is_array($inner) ? ":\n" : ' ' . get_debug_type($inner) . "\n";
        is_array($inner) && shape($inner, "$indent  ");
    }
}
$before = json_decode(h1($server->url('/stats'))->body, true);
shape($before);
h1($server->url());
h1($server->url(), '--http1.0');
h2($server->url());
$secure = preg_replace('~^http:~', 'https:', $server->url(listener: 1));
h2($secure);
$broken = Raw::connect($server->addresses[1]);
$broken->send("GET / HTTP/1.0\r\n\r\n");
$broken->readAll();
$observer = Raw::connect($server->addresses[0]);
[$plain, $tls] = until('the others to be closed', function () use ($observer) {
    $observer->send("GET /stats HTTP/1.1\r\nHost: x\r\n\r\n");
    $listeners = json_decode($observer->answer()->body, true)['listeners'];
    return $listeners[0]['connections']['open'] === 1 && $listeners[1]['connections']['open'] === 0 ? $listeners : null;
});
$plain['requests']['1.1'] = min(3, $plain['requests']['1.1']);
echo json_encode([$plain['tls'], $plain['connections'], $plain['requests'], $plain['ring']]), "\n";
echo json_encode([$tls['tls'], $tls['connections'], $tls['handshakes'], $tls['requests'], $tls['ring']['capacity']]), "\n";
check('addresses', [$plain['address'], $tls['address']] === $server->addresses);
check('bytes', $plain['bytes']['in'] > 100 && $plain['bytes']['out'] > 200 && $tls['bytes']['out'] > 500, [$plain['bytes'], $tls['bytes']]);
check('the ring was used', $tls['ring']['highWater'] > 0 && $tls['ring']['highWater'] <= 4096 + 29, $tls['ring']);
check('the handshake is counted apart', $tls['ring']['handshakeHighWater'] > 300, $tls['ring']);
$server->finish();
?>
--EXPECT--
uptime float
workers:
  0:
    pid int
    state string
    generation int
    uptime float
    requests int
    memory int
restarts int
reloads int
listeners:
  0:
    address string
    tls bool
    connections:
      accepted int
      open int
      refused int
    handshakes:
      ok int
      failed int
    certificates null
    proxyHeaders:
      ok int
      failed int
    requests:
      1.0 int
      1.1 int
      2 int
      active int
      refused int
    bytes:
      in int
      out int
    ring null
    timeouts:
      handshake int
      head int
      idle int
      body int
      write int
      handler int
      age int
      rate int
    limits:
      body int
      head int
      headers int
      target int
      connections int
      connectionsPerAddress int
      queue int
      resets int
      floods int
      handshakes int
  1:
    address string
    tls bool
    connections:
      accepted int
      open int
      refused int
    handshakes:
      ok int
      failed int
    certificates:
      renewed int
      refused int
      served:
        0:
          names:
            0 string
            1 string
            2 string
          subject string
          issuer string
          serial string
          fingerprint string
          notBefore int
          notAfter int
    proxyHeaders:
      ok int
      failed int
    requests:
      1.0 int
      1.1 int
      2 int
      active int
      refused int
    bytes:
      in int
      out int
    ring:
      capacity int
      highWater int
      handshakeHighWater int
      waits int
    timeouts:
      handshake int
      head int
      idle int
      body int
      write int
      handler int
      age int
      rate int
    limits:
      body int
      head int
      headers int
      target int
      connections int
      connectionsPerAddress int
      queue int
      resets int
      floods int
      handshakes int
[false,{"accepted":5,"open":1,"refused":0},{"1.0":1,"1.1":3,"2":1,"active":1,"refused":0},null]
[true,{"accepted":2,"open":0,"refused":0},{"ok":1,"failed":1},{"1.0":0,"1.1":0,"2":1,"active":0,"refused":0},4096]
addresses: yes
bytes: yes
the ring was used: yes
the handshake is counted apart: yes
exit 0
