--TEST--
What curl -F sends arrives over HTTP/1 and HTTP/2, plain and through a ring of 1024 bytes, with a length and without, asked for and at once
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$sizes = ['empty' => 0, 'small' => 1000, 'edge' => 65536, 'past' => 65537, 'large' => 3000001];
$arguments = [];
$expected = [];
foreach ($sizes as $name => $size) {
    $file = scratch_file($name);
    file_put_contents($file, Body::of($size));
    array_push($arguments, '-F', "files[$name]=@$file;type=x/$name;filename=dir/$name.bin");
    $expected[$name] = ['name' => "$name.bin", 'type' => "x/$name", 'size' => $size, 'error' => 0, 'hash' => Body::sha256($size)];
}
array_push($arguments, '-F', 'user[name]=Zoë', '-F', 'tags[]=a', '-F', 'tags[]=b');
$expected = json_encode(['fields' => ['user' => ['name' => 'Zoë'], 'tags' => ['a', 'b']], 'files' => ['files' => $expected]]);
foreach (['plain' => null, 'tls' => 'Sluice\Tls::selfSigned()->withRing(1024)'] as $kind => $tls) {
    $server = serve(TELLS_FORM, tls: $tls);
    foreach (protocols() as $protocol => $send) {
        foreach ([
            'with a length' => [], 'chunked' => ['-H', 'Transfer-Encoding: chunked'], 'asked for' => ['-H', 'Expect: 100-continue'],
        ] as $how => $more) {
            $answer = $send($server->url(), ...$arguments, ...$more);
            check("$kind $protocol $how", $answer->status === 200 && $answer->body === $expected, (string) $answer);
        }
    }
    check('nothing is kept', until('the files to go', fn () => nameless_files($server->pid) === 0));
    echo 'exit ', $server->stop(), "\n", $server->stderr;
}
?>
--EXPECT--
plain h1 with a length: yes
plain h1 chunked: yes
plain h1 asked for: yes
plain h2 with a length: yes
plain h2 chunked: yes
plain h2 asked for: yes
nothing is kept: yes
exit 0
tls h1 with a length: yes
tls h1 chunked: yes
tls h1 asked for: yes
tls h2 with a length: yes
tls h2 chunked: yes
tls h2 asked for: yes
nothing is kept: yes
exit 0
