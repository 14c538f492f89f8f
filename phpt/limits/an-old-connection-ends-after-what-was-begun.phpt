--TEST--
Timeouts: age: HTTP/2 clients get GOAWAY and the rest of what was begun, HTTP/1.1 clients a last answer that says so; event streams end
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) use ($server) {
        switch ($request->getPath()) {
            case '/stats': return $server->stats();
            case '/long': $response->write('begun'); Sluice\delay(1.0); return ' and finished';
            case '/events':
                $events = $response->events();
                while ($events->isOpen()) { $events->send('x'); Sluice\delay(0.05); }
                return;
        }
        return 'short';
    }
    PHP, server: 'new Sluice\Server(timeouts: new Sluice\Timeouts(age: 0.4))');
$h2 = H2::plain($server);
$stream = $h2->request('/long');
$h2->finish($stream);
check('the long answer is whole', $h2->body[$stream] === 'begun and finished', $h2->body[$stream]);
$h2->until(fn () => $h2->closed, 'the end', 5);
check('GOAWAY came', $h2->goaway === 0, $h2->goaway);
$raw = Raw::connect($server->addresses[0]);
$answers = 0;
do {
    $raw->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    $answer = $raw->answer();
    $answers++;
} while ($answer->header('connection') !== 'close');
check('all were answered', $answer->body === 'short' && $answers > 1);
check('the last one said so', $raw->readAll() === '');
$events = h1($server->url('/events'));
check('the event stream has come to its end', $events->exit === 0 && str_starts_with($events->body, "data: x\n\n"), $events->exit);
check('each is counted', json_decode(h1($server->url('/stats'))->body, true)['listeners'][0]['timeouts']['age'] >= 3);
$server->stop();
?>
--EXPECT--
the long answer is whole: yes
GOAWAY came: yes
all were answered: yes
the last one said so: yes
the event stream has come to its end: yes
each is counted: yes
