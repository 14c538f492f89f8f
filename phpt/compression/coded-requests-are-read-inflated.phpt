--TEST--
getBody() and read() give a coded body inflated, whatever the coding and the framing, and the head no longer says that it was coded
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    function ($request, $response) {
        $body = '';
        if ($request->getPath() === '/read') {
            while (($piece = $request->read()) !== null) {
                $body .= $piece;
                if ($piece === '' || strlen($piece) > 65536) { throw new Exception('a piece of ' . strlen($piece)); }
            }
        } else {
            $body = $request->getBody();
        }
        $says = $request->hasHeader('Content-Encoding') ? ' STILL CODED' : '';
        $length = json_encode($request->getContentLength()) . ($request->hasHeader('Content-Length') ? ' BUT A HEADER' : '');
        return hash('sha256', $body) . ' ' . strlen($body) . " length $length$says";
    }
    PHP;
foreach (['plain' => null, 'tls' => tls_code()] as $kind => $tls) {
    $server = serve($handler, tls: $tls);
    foreach (protocols() as $name => $post) {
        $wrong = $count = 0;
        foreach (['gzip', 'x-gzip', 'GZIP', 'deflate', 'raw', 'br', 'zstd', 'gzip, zstd', 'identity, deflate, br, gzip'] as $codings) {
            foreach ([1, 1000, 70000, 3000000] as $size) {
                $text = Hex::of($size);
                $code = $text;
                foreach (array_diff(explode(', ', strtolower($codings)), ['identity']) as $coding) {
                    $code = coded($coding, $code);
                }
                $file = scratch_file('code');
                file_put_contents($file, $code);
                foreach (['/', '/read'] as $path) {
                    foreach ([[], ['-H', 'Transfer-Encoding: chunked']] as $framing) {
                        $says = strtr($codings, ['raw' => 'deflate']);
                        $a = $post($server->url($path), '--data-binary', "@$file", '-H', "Content-Encoding: $says", '-H', 'Expect:', ...$framing);
                        $count++;
                        if ((string) $a !== '200 ' . hash('sha256', $text) . " $size length null") {
                            $wrong++;
                            echo "$kind $name $codings $size $path: $a\n";
                        }
                    }
                }
            }
        }
        echo "$kind $name: $count requests, $wrong wrong\n";
        $two = scratch_file('code');
        file_put_contents($two, gzencode('first ') . gzencode('second'));
        $a = $post($server->url('/'), '--data-binary', "@$two", '-H', 'Content-Encoding: gzip');
        check("$kind $name: gzip of two members", $a->body === hash('sha256', 'first second') . ' 12 length null', $a->body);
        $a = $post($server->url('/'), '--data-binary', '', '-H', 'Content-Encoding: gzip');
        check("$kind $name: no bytes are no body", str_starts_with($a->body, hash('sha256', '') . ' 0 '), $a->body);
        $a = $post($server->url('/'), '--data-binary', "@$two", '-H', 'Content-Encoding: gzip', '-H', 'Expect: 100-continue');
        check("$kind $name: a client that is asked for its body", str_starts_with($a->body, hash('sha256', 'first second')), $a->body);
    }
    $server->finish();
}
?>
--EXPECT--
plain h1: 144 requests, 0 wrong
plain h1: gzip of two members: yes
plain h1: no bytes are no body: yes
plain h1: a client that is asked for its body: yes
plain h2: 144 requests, 0 wrong
plain h2: gzip of two members: yes
plain h2: no bytes are no body: yes
plain h2: a client that is asked for its body: yes
exit 0
tls h1: 144 requests, 0 wrong
tls h1: gzip of two members: yes
tls h1: no bytes are no body: yes
tls h1: a client that is asked for its body: yes
tls h2: 144 requests, 0 wrong
tls h2: gzip of two members: yes
tls h2: no bytes are no body: yes
tls h2: a client that is asked for its body: yes
exit 0
