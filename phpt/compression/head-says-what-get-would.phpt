--TEST--
HEAD has the headers that GET would have, and never another length
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $text = str_repeat('as often as not ', 10000);
        $r->setHeader('Content-Type', 'text/plain')->setHeader('ETag', '"v1"');
        switch ($request->getPath()) {
            case '/small': return 'small';
            case '/whole': return substr($text, 0, 20000);
            case '/long': return $text;
            case '/stream': foreach (str_split($text, 1000) as $piece) { $r->write($piece); } return;
            case '/generator': return (fn () => yield from str_split($text, 1000))();
            case '/declared': $r->setHeader('Content-Length', '160000'); return $request->getMethod() === 'HEAD' ? null : $text;
        }
    }
    PHP, server: 'new Sluice\Server(compression: new Sluice\Compression())');
foreach (['small', 'whole', 'long', 'stream', 'generator', 'declared'] as $path) {
    foreach (protocols() as $name => $get) {
        foreach (['gzip', 'identity'] as $coding) {
            $a = $get($server->url("/$path"), '-H', "Accept-Encoding: $coding");
            $head = $get($server->url("/$path"), '-I', '-H', "Accept-Encoding: $coding");
            unset($a->headers['date'], $a->headers['transfer-encoding'], $head->headers['date']);
            ksort($a->headers);
            ksort($head->headers);
            $length = $head->header('content-length');
            $isSame = $head->headers === $a->headers && $head->exit === 0 && ($length === null || (int) $length === strlen($a->body));
            echo "$name $path $coding: ", $head->header('content-encoding') ?? 'plain', ', length ', $length === null ? 'unstated' : 'stated',
                $isSame ? '' : ' BUT GET ' . json_encode([$a->headers, $head->headers]), "\n";
        }
    }
}
$server->finish();
?>
--EXPECT--
h1 small gzip: plain, length stated
h1 small identity: plain, length stated
h2 small gzip: plain, length stated
h2 small identity: plain, length stated
h1 whole gzip: gzip, length stated
h1 whole identity: plain, length stated
h2 whole gzip: gzip, length stated
h2 whole identity: plain, length stated
h1 long gzip: gzip, length unstated
h1 long identity: plain, length stated
h2 long gzip: gzip, length unstated
h2 long identity: plain, length stated
h1 stream gzip: gzip, length unstated
h1 stream identity: plain, length unstated
h2 stream gzip: gzip, length unstated
h2 stream identity: plain, length unstated
h1 generator gzip: gzip, length unstated
h1 generator identity: plain, length unstated
h2 generator gzip: gzip, length unstated
h2 generator identity: plain, length unstated
h1 declared gzip: gzip, length unstated
h1 declared identity: plain, length stated
h2 declared gzip: gzip, length unstated
h2 declared identity: plain, length stated
exit 0
