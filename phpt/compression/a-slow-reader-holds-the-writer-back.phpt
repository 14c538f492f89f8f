--TEST--
A client that does not read a compressed response stops its writer; memory stays small, tryWrite() is honest, and reading lets it go on
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    function ($request, $r) use (&$written) {
        $piece = fn ($at) => bin2hex(Body::at($at * 5000, 5000));
        $r->setHeader('Content-Type', 'text/plain');
        switch ($request->getPath()) {
            case '/where': return (string) $written;
            case '/write':
                for ($written = 0; $written < 1000; $written++) {
                    $r->write($piece($written));
                }
                return;
            case '/try':
                for ($written = 0; $written < 1000; $written++) {
                    while (!$r->tryWrite($piece($written))) {
                        $r->awaitWritable();
                    }
                }
        }
    }
    PHP;
foreach (['gzip', 'br', 'zstd'] as $coding) {
    foreach (['/write', '/try'] as $path) {
        $server = serve($handler, server: 'new Sluice\Server(compression: new Sluice\Compression())', before: '$written = 0;');
        $before = resident($server->pid);
        $h2 = H2::plain($server, [4 => 0]);
        $stream = $h2->request($path, headers: ['accept-encoding' => $coding]);
        // A writer that is not stopped writes between any two answers.
        $same = 0;
        $last = '';
        until('the writer to be stopped', function () use ($server, &$same, &$last) {
            $now = h1($server->url('/where'))->body;
            $same = $now === $last && $now > 0 ? $same + 1 : 0;
            $last = $now;
            return $same >= 5;
        });
        // The queue, one turn of the coder and its window, ten thousand bytes each time.
        check("$coding $path: the writer stopped early", $last < 40, $last);
        $grown = resident($server->pid) - $before;
        check("$coding $path: memory stayed small", $grown < 8 << 20, $grown);
        $h2->give($stream, 1 << 24);
        $h2->finish($stream);
        $text = match ($coding) {
            'gzip' => gzdecode($h2->body[$stream]),
            'br' => command(['brotli', '-dc'], $h2->body[$stream])[1],
            'zstd' => command(['zstd', '-dqc'], $h2->body[$stream])[1],
        };
        check("$coding $path: all of it came", $text === bin2hex(Body::of(5000000)), strlen((string) $text));
        $server->stop();
    }
}
?>
--EXPECT--
gzip /write: the writer stopped early: yes
gzip /write: memory stayed small: yes
gzip /write: all of it came: yes
gzip /try: the writer stopped early: yes
gzip /try: memory stayed small: yes
gzip /try: all of it came: yes
br /write: the writer stopped early: yes
br /write: memory stayed small: yes
br /write: all of it came: yes
br /try: the writer stopped early: yes
br /try: memory stayed small: yes
br /try: all of it came: yes
zstd /write: the writer stopped early: yes
zstd /write: memory stayed small: yes
zstd /write: all of it came: yes
zstd /try: the writer stopped early: yes
zstd /try: memory stayed small: yes
zstd /try: all of it came: yes
