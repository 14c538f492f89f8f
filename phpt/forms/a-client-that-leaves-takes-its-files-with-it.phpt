--TEST--
However a request ends, its files are gone: it returns, throws, exits, dies, its client vanishes, or the whole process is killed
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$folder = scratch('uploads');
mkdir($folder);
$script = <<<PHP
    function (\$request) use (&\$kept) {
        try {
            \$kept = \$request->getUploadedFiles()['f'];
        } finally {
            note('form is over');
        }
        note(isset(\$kept) ? 'has it' : 'has none');
        switch (\$request->getPath()) {
            case '/throw': throw new Exception('thrown');
            case '/exit': exit;
            case '/fatal': \$kept->stream = \$kept->getStream(); return str_repeat('x', 1 << 30);
            case '/wait': Sluice\delay(60);
        }
        return 'returned';
    }
    PHP;
$server = serve($script, "new Sluice\\Server(uploads: new Sluice\\Uploads(memory: 1000, directory: '$folder'))");
$form = multipart(part('name=f; filename=x', Body::of(200000)));
$gone = fn (int $pid) => until('the files to go', fn () => nameless_files($pid) === 0) && scandir($folder) === ['.', '..'];
foreach (['/return', '/throw', '/exit'] as $path) {
    foreach (protocols() as $protocol => $send) {
        $answer = $send($server->url($path), ...raw_body($form));
        check("$protocol $path ($answer->status)", $gone($server->pid));
    }
}
// Half of a file is on disk when the client vanishes, or all of it while the handler is at work.
$half = substr($form, 0, 150000);
$over = 6;
foreach (['close', 'reset'] as $way) {
    foreach (['half' => $half, 'whole' => $form] as $how => $sent) {
        $client = Raw::connect($server->addresses[0]);
        $client->send("POST /wait HTTP/1.1\r\nHost: x\r\n" . FORM_DATA . "\r\nContent-Length: " . strlen($form) . "\r\n\r\n$sent");
        until('a file', fn () => nameless_files($server->pid) === 1);
        if ($how === 'whole') $server->waitFor('form is over', $over + 1);
        $client->$way();
        $server->waitFor('form is over', ++$over);
        check("h1 $how $way", $gone($server->pid));
    }
}
foreach (['half' => substr($form, 0, 60000), 'whole' => $form] as $how => $sent) {
    $h2 = H2::plain($server);
    $stream = $h2->request('/wait', 'POST', ['content-type' => 'multipart/form-data; boundary=limit'], end: false);
    foreach (str_split($sent, 10000) as $piece) {
        $h2->until(fn () => min($h2->window[0], $h2->window[$stream] ?? 65535) >= strlen($piece), 'a window');
        $h2->data($stream, $piece);
    }
    until('a file', fn () => nameless_files($server->pid) === 1);
    if ($how === 'whole') {
        $h2->data($stream, '', true);
        $server->waitFor('form is over', $over + 1);
    }
    $h2->cancel($stream);
    $server->waitFor('form is over', ++$over);
    check("h2 $how reset", $gone($server->pid));
}
// A process that is killed cannot clean up: there must be nothing to clean.
$client = Raw::connect($server->addresses[0]);
$client->send("POST /wait HTTP/1.1\r\nHost: x\r\n" . FORM_DATA . "\r\nContent-Length: " . strlen($form) . "\r\n\r\n$half");
until('a file', fn () => nameless_files($server->pid) === 1);
check('no name while it is received', scandir($folder) === ['.', '..']);
$server->stop(SIGKILL);
check('none after kill -9', scandir($folder) === ['.', '..']);

$server = serve($script, "new Sluice\\Server(uploads: new Sluice\\Uploads(memory: 1000, directory: '$folder'))", ini: ['memory_limit' => '64M']);
$waiting = Raw::connect($server->addresses[0]);
$waiting->send("POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
$server->waitFor('form is over');
$answer = h1($server->url('/fatal'), ...raw_body($form));
echo "fatal $answer\n";
check('after a fatal error', $gone($server->pid));
?>
--EXPECT--
h1 /return (200): yes
h2 /return (200): yes
h1 /throw (500): yes
h2 /throw (500): yes
h1 /exit (200): yes
h2 /exit (200): yes
h1 half close: yes
h1 whole close: yes
h1 half reset: yes
h1 whole reset: yes
h2 half reset: yes
h2 whole reset: yes
no name while it is received: yes
none after kill -9: yes
fatal 500 Internal Server Error
after a fatal error: yes
