--TEST--
A body that is not what its Content-Encoding says, is cut short or goes on behind its end throws BadRequestException, 400, and never ends cleanly
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        if ($request->getPath() === '/caught') {
            $texts = [];
            for ($again = 0; $again < 2; $again++) {
                try { while ($request->read() !== null); $texts[] = 'A CLEAN END'; } catch (Sluice\BadRequestException $e) { $texts[] = $e->getMessage(); }
            }
            return implode("\n", $texts);
        }
        return 'length ' . strlen($request->getBody());
    }
    PHP);
$text = Hex::of(50000);
foreach (['gzip', 'deflate', 'raw', 'br', 'zstd'] as $coding) {
    $code = coded($coding, $text);
    $bodies = ['cut at 1' => substr($code, 0, 1), 'cut in half' => substr($code, 0, strlen($code) >> 1), 'cut by 1' => substr($code, 0, -1), 'garbage behind it' => "{$code}garbage"];
    $bodies['no code'] = $coding === 'raw' ? "\xff\xff\xff" : str_repeat("no code\xff", 100);
    $right = 0;
    foreach ($bodies as $what => $body) {
        $file = scratch_file('code');
        file_put_contents($file, $body);
        foreach (protocols() as $name => $post) {
            $header = 'Content-Encoding: ' . ($coding === 'raw' ? 'deflate' : $coding);
            $a = $post($server->url('/'), '--data-binary', "@$file", '-H', $header);
            $caught = $post($server->url('/caught'), '--data-binary', "@$file", '-H', $header, '-H', 'Transfer-Encoding: chunked');
            [$first, $again] = explode("\n", $caught->body) + [1 => ''];
            if ($a->status === 400 && $first === $again && str_starts_with($first, 'the request body is not the ')) {
                $right++;
            } else {
                echo "$name $coding $what: $a, $caught\n";
            }
        }
    }
    echo "$coding: $right of ", 2 * count($bodies), " are bad requests\n";
}
echo h1($server->url('/caught'), '--data-binary', 'no gzip', '-H', 'Content-Encoding: gzip'), "\n";
file_put_contents($file, command(['zstd', '-q', '-c', '--long=27'], $text)[1]);
echo h1($server->url('/'), '--data-binary', "@$file", '-H', 'Content-Encoding: zstd'), "\n";
$server->stop();
?>
--EXPECT--
gzip: 10 of 10 are bad requests
deflate: 10 of 10 are bad requests
raw: 10 of 10 are bad requests
br: 10 of 10 are bad requests
zstd: 10 of 10 are bad requests
200 the request body is not the gzip that its Content-Encoding says: incorrect header check
the request body is not the gzip that its Content-Encoding says: incorrect header check
400 Bad Request
