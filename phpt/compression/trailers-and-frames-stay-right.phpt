--TEST--
Trailers follow a compressed body; on HTTP/2 one of one frame ends with it, a longer one with a frame of its own
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        [, $how, $size] = explode('/', $request->getPath());
        $text = substr(bin2hex(Body::of((int) $size)), 0, (int) $size);
        $r->setHeader('Content-Type', 'text/plain');
        switch ($how) {
            case 'trailers': $r->setTrailer('X-Sum', md5($text)); $r->end($text); return;
            case 'late': $r->setHeader('Trailer', 'X-Sum'); $r->write($text); $r->setTrailer('X-Sum', md5($text)); return;
            case 'empty': $r->setTrailer('X-Sum', md5('')); $r->end(); return;
            case 'write': $r->write($text); return;
            case 'end': $r->end($text); return;
        }
    }
    PHP, server: 'new Sluice\Server(compression: new Sluice\Compression())');
foreach (['trailers/100', 'trailers/5000', 'trailers/200000', 'late/100', 'late/200000', 'empty/0'] as $case) {
    foreach (protocols() as $name => $get) {
        $a = $get($server->url("/$case"), '--compressed', '-H', 'Accept-Encoding: gzip', '-H', 'TE: trailers');
        $sum = $a->trailers['x-sum'][0] ?? 'none';
        echo "$name $case: ", coding_of($a), ', sum ', $sum === md5($a->body) ? 'right' : "WRONG $sum", ', length ', $a->header('content-length') ?? '-', "\n";
    }
}
$h2 = H2::plain($server);
foreach (['end/5000', 'write/5000', 'write/20000', 'end/20000', 'end/200000', 'write/200000'] as $case) {
    $stream = $h2->request("/$case", headers: ['accept-encoding' => 'gzip']);
    $h2->finish($stream);
    $frames = $h2->frames[$stream];
    $last = array_pop($frames);
    $whole = gzdecode($h2->body[$stream]) === Hex::of((int) explode('/', $case)[1]) ? 'whole' : 'BROKEN';
    echo "$case: $whole, ", $frames === [] && $last > 0 ? 'one frame' : ($last === 0 ? 'a frame for the end' : 'ENDS WITH BYTES'), "\n";
}
$server->finish();
?>
--EXPECT--
h1 trailers/100: plain, 100 bytes, sum right, length -
h2 trailers/100: plain, 100 bytes, sum right, length -
h1 trailers/5000: gzip, 5000 bytes, sum right, length -
h2 trailers/5000: gzip, 5000 bytes, sum right, length -
h1 trailers/200000: gzip, 200000 bytes, sum right, length -
h2 trailers/200000: gzip, 200000 bytes, sum right, length -
h1 late/100: gzip, 100 bytes, sum right, length -
h2 late/100: gzip, 100 bytes, sum right, length -
h1 late/200000: gzip, 200000 bytes, sum right, length -
h2 late/200000: gzip, 200000 bytes, sum right, length -
h1 empty/0: plain, 0 bytes, sum right, length -
h2 empty/0: plain, 0 bytes, sum right, length -
end/5000: whole, one frame
write/5000: whole, one frame
write/20000: whole, one frame
end/20000: whole, one frame
end/200000: whole, a frame for the end
write/200000: whole, a frame for the end
exit 0
