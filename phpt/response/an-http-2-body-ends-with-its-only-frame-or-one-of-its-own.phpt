--TEST--
A body of one HTTP/2 frame ends with it; the end of a longer one is a frame of its own
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

// curl 7.88 never sees the end of a long body when it comes with bytes that do not fit its buffers.
$server = serve(<<<'PHP'
    function ($request, $response) {
        [$how, $size] = explode('/', trim($request->getPath(), '/'));
        $body = Body::of((int) $size);
        if ($how === 'write') {
            $response->write($body);
        } else {
            $response->end($body);
        }
    }
    PHP);
$h2 = H2::plain($server);
foreach (['end/1', 'end/16375', 'end/16376', 'write/16376', 'end/40000', 'write/40000'] as $case) {
    $size = (int) explode('/', $case)[1];
    $stream = $h2->request("/$case");
    $h2->finish($stream);
    $frames = $h2->frames[$stream];
    $last = array_pop($frames);
    $whole = hash('sha256', $h2->body[$stream]) === hash('sha256', Body::of($size)) ? 'whole' : 'BROKEN';
    printf("%s: %s, %s before a last frame of %d\n", $case, $whole, $frames === [] ? 'none' : array_sum($frames), $last);
}
$server->finish();
?>
--EXPECT--
end/1: whole, none before a last frame of 1
end/16375: whole, none before a last frame of 16375
end/16376: whole, 16376 before a last frame of 0
write/16376: whole, 16376 before a last frame of 0
end/40000: whole, 40000 before a last frame of 0
write/40000: whole, 40000 before a last frame of 0
exit 0
