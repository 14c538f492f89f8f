--TEST--
Both workers serve mounts and files; a reload lets a download finish, takes the folder to which a link was switched, and fails no request
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$size = 10 << 20;
$old = folder(['which' => 'old', 'large' => $size]);
$new = folder(['which' => 'new', 'large' => 1000]);
$current = scratch_file('current');
symlink($old, $current);
$setup = <<<PHP
    \$server->mount(new Sluice\Files('$current', '/mount', cacheControl: 'no-cache', fallback: false));
    \$answers = answers(\$server, 'one');
    \$server->handle(function (\$request, \$response) use (\$answers) {
        if (\$request->getPath() !== '/sent') {
            return \$answers(\$request);
        }
        \$response->sendFile('$current/large');
    });
    PHP;
$tls = tls_code();
$server = ServerProcess::run(crew('workers: 2', setup: $setup, tls: $tls));
$pids = await_ready($server, 2);
$clients = one_each($server, 2);
check('a client for each worker', count($clients) === 2);
foreach ($clients as $client) {
    $answer = ask($client, '/mount/which');
    echo "$answer, {$answer->header('cache-control')}, ", ask($client, '/mount/none'), "\n";
    check('by sendFile', ask($client, '/sent')->isBody($size));
}

// Downloads that are half done when the reload comes: over HTTP/1 and HTTP/2, plain and TLS, from the mount and by sendFile().
$downloads = [];
foreach (WAYS as $way => $prefix) {
    $path = $way === 'mount' ? '/mount/large' : '/sent';
    foreach (['plain' => Raw::connect($server->addresses[0], 65536), 'tls' => Raw::tls($server->addresses[1], 65536)] as $kind => $client) {
        $client->send("GET $path HTTP/1.1\r\nHost: x\r\n\r\n");
        $client->readUntil("\r\n\r\n");
        $downloads["$kind h1 $way"] = [$client, $client->readExactly(100000)];
    }
    foreach (['plain' => Raw::connect($server->addresses[0]), 'tls' => Raw::tls($server->addresses[1], alpn: 'h2')] as $kind => $client) {
        $h2 = new H2($client);
        $stream = $h2->request($path);
        $h2->until(fn () => $h2->length[$stream] > 0, 'the first bytes');
        $downloads["$kind h2 $way"] = [$h2, $stream];
    }
}
unlink($current);
symlink($new, $current);
$hammer = new Hammer($server, '/mount/which');
$hammer->until('the old one, still', fn ($bodies) => array_unique($bodies) === ['old']);
$server->signal(ServerProcess::SIGHUP);
$hammer->until('the new one', fn ($bodies) => array_unique($bodies) === ['new']);
await_ready($server, 2, without: $pids);
foreach ($downloads as $name => [$client, $begun]) {
    if ($client instanceof Raw) {
        $body = $begun . $client->readExactly($size - 100000);
        check("$name finishes", strlen($body) === $size && hash('sha256', $body) === Body::sha256($size), strlen($body));
        $client->close();
    } else {
        $client->finish($begun);
        check("$name finishes", isset($client->ended[$begun]) && hash('sha256', $client->body[$begun]) === Body::sha256($size), $client->length[$begun]);
        $client->raw->close();
    }
}
await_generation($server, 2, 2);
echo get($server, '/mount/which'), ', ', strlen(get($server, '/sent')->body), ', failed: ', $hammer->failed(), "\n";

// A generation whose root is not there does not start, and the old one goes on.
unlink($current);
$server->signal(ServerProcess::SIGHUP);
$server->waitFor('the reload failed');
echo get($server, '/mount/which'), "\n";
echo ending($server), "\n";
?>
--EXPECT--
a client for each worker: yes
200 old, no-cache, 404 Not Found
by sendFile: yes
200 old, no-cache, 404 Not Found
by sendFile: yes
plain h1 mount finishes: yes
tls h1 mount finishes: yes
plain h2 mount finishes: yes
tls h2 mount finishes: yes
plain h1 sendFile finishes: yes
tls h1 sendFile finishes: yes
plain h2 sendFile finishes: yes
tls h2 sendFile finishes: yes
200 new, 1000, failed: none
200 new
exit 0, nothing left behind
