--TEST--
sendFile() sends a file or a slice of it with the headers that were set, answers HEAD, and ends the response
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$size = 300000;
$folder = folder(['file.txt' => $size, 'empty.txt' => 0, 'sub/page.html' => 10, 'large' => 10 << 20]);
$handler = <<<PHP
    function (\$request, \$response) {
        \$file = '$folder/file.txt';
        \$send = function (...\$arguments) use (\$response) {
            \$returned = attempt(fn () => \$response->sendFile(...\$arguments));
            note("\$returned, " . (\$response->isCommitted() ? 'committed' : 'open') . ', ' . (\$response->isEnded() ? 'ended' : 'going on'));
        };
        switch (\$request->getPath()) {
            case '/whole': \$send(\$file); return;
            case '/slice': \$send(\$file, ...array_map(intval(...), \$request->getQueryParams())); return;
            case '/empty': \$send('$folder/empty.txt'); return;
            case '/relative': chdir('$folder'); \$send('sub/../sub/page.html'); return;
            case '/own':
                \$response->setStatus(203)->setHeader('Content-Type', 'text/x-own')->setHeader('X-More', 'a')->setHeader('ETag', '"own"');
                \$send(\$file);
                return;
            case '/404': \$response->setStatus(404); \$send('$folder/sub/page.html'); return;
            case '/returns': \$send('$folder/sub/page.html'); return 'and this';
            case '/twice': \$send('$folder/sub/page.html'); \$send(\$file); return;
            case '/after-end': \$response->end('ended'); \$send(\$file); return;
            case '/after-write': \$response->write('written'); \$send(\$file); return;
            case '/write-after':
                \$send('$folder/sub/page.html');
                note(attempt(fn () => \$response->write('more')));
                return;
            case '/declared': \$response->setHeader('Content-Length', '17'); \$send(\$file); return;
            case '/two-fibers':
                \$other = new Fiber(fn () => \$send('$folder/large'));
                \$other->start();
                \$send('$folder/sub/page.html');
                while (!\$other->isTerminated()) {
                    Sluice\\delay(0.001);
                }
                return;
        }
    }
    PHP;
foreach (['plain' => null, 'tls' => tls_code()] as $kind => $tls) {
    foreach (protocols() as $protocol => $get) {
        $server = serve($handler, tls: $tls);
        ob_start();
        foreach ([
            '/whole' => [0, $size], '/slice?offset=0' => [0, $size], '/slice?offset=1' => [1, $size - 1], '/slice?offset=0&length=1' => [0, 1],
            '/slice?offset=65536&length=65536' => [65536, 65536], '/slice?offset=100000&length=200000' => [100000, 200000],
            '/slice?offset=300000' => [300000, 0], '/slice?offset=7&length=0' => [7, 0], '/empty' => [0, 0], '/relative' => [0, 10], '/404' => [0, 10],
            '/own' => [0, $size], '/returns' => [0, 10], '/twice' => [0, 10], '/write-after' => [0, 10], '/declared' => [0, $size],
        ] as $path => [$from, $length]) {
            $url = $server->url($path);
            $answer = $get($url);
            $head = $get($url, '-I');
            $same = array_diff_key($answer->headers, ['date' => 0]) === array_diff_key($head->headers, ['date' => 0]) && $head->status === $answer->status;
            $isRight = $answer->exit === 0 && $answer->body === Body::at($from, $length) && $answer->header('content-length') === (string) $length && $same;
            $isRight || print("$path: $answer->exit, " . strlen($answer->body) . ' bytes, ' . json_encode([$answer->headers, $head->headers]) . "\n");
            // A slice is no representation of its own: it has no tag and no ranges.
            $names = implode(' ', array_diff(array_keys($answer->headers), ['date', 'content-length', 'content-type']));
            echo "$path: $answer->status {$answer->header('content-type')}, $names\n";
        }
        foreach (['/after-end', '/after-write'] as $path) {
            echo "$path: ", $get($server->url($path)), "\n";
        }
        $answer = $get($server->url('/slice?offset=10&length=100'), '-r', '0-4', '-H', 'If-None-Match: *');
        check('a slice heeds no range and no condition', $answer->status === 200 && $answer->body === Body::at(10, 100), (string) $answer);
        $answer = $get($server->url('/whole'), '-X', 'POST', '-r', '0-4', '-H', 'If-None-Match: *');
        check('nor does a POST', $answer->status === 200 && $answer->isBody($size), (string) $answer);
        $answer = $get($server->url('/404'), '-r', '0-4');
        check('nor another status', $answer->status === 404 && $answer->isBody(10), (string) $answer);
        $answer = $get($server->url('/two-fibers'));
        check('one file at a time', $answer->status === 200 && $answer->isBody(10 << 20), strlen($answer->body));
        echo 'exit ', $server->stop(), "\n", preg_replace('~ in /.*~', '', $server->stderr);
        $notes = array_count_values(explode("\n", trim($server->stdout)));
        ksort($notes);
        array_walk($notes, fn ($times, $note) => print("$times times $note\n"));
        $told = ob_get_clean();
        echo isset($first) ? '' : $told, "$kind $protocol", $told === ($first ??= $told) ? '' : ": DIFFERS\n$told", "\n";
    }
}
?>
--EXPECT--
/whole: 200 text/plain; charset=utf-8, etag last-modified accept-ranges
/slice?offset=0: 200 text/plain; charset=utf-8, etag last-modified accept-ranges
/slice?offset=1: 200 text/plain; charset=utf-8, 
/slice?offset=0&length=1: 200 text/plain; charset=utf-8, 
/slice?offset=65536&length=65536: 200 text/plain; charset=utf-8, 
/slice?offset=100000&length=200000: 200 text/plain; charset=utf-8, 
/slice?offset=300000: 200 text/plain; charset=utf-8, 
/slice?offset=7&length=0: 200 text/plain; charset=utf-8, 
/empty: 200 text/plain; charset=utf-8, etag last-modified accept-ranges
/relative: 200 text/html; charset=utf-8, etag last-modified accept-ranges
/404: 404 text/html; charset=utf-8, 
/own: 203 text/x-own, x-more etag
/returns: 200 text/html; charset=utf-8, etag last-modified accept-ranges
/twice: 200 text/html; charset=utf-8, etag last-modified accept-ranges
/write-after: 200 text/html; charset=utf-8, etag last-modified accept-ranges
/declared: 200 text/plain; charset=utf-8, etag last-modified accept-ranges
/after-end: 200 ended
/after-write: 200 written
a slice heeds no range and no condition: yes
nor does a POST: yes
nor another status: yes
one file at a time: yes
exit 0
[sluice] Sluice\StateException: the response has ended already: end() is called once
[sluice] Sluice\StateException: the response has ended already: end() is called once
1 times Sluice\StateException: a file is being sent with this response, committed, going on
3 times Sluice\StateException: the head of the response is sent: a file can only be the whole body, committed, ended
1 times Sluice\StateException: the head of the response is sent: a file can only be the whole body, committed, going on
2 times Sluice\StateException: the response has ended: nothing can be written after it
36 times returned null, committed, ended
plain h1
plain h2
tls h1
tls h2
