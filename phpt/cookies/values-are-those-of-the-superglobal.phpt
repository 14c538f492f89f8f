--TEST--
getCookieParams() reads values as PHP's own $_COOKIE does, and leaves names as they were sent
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

/** PHP's own reading of the line, by the CGI rules that `php -S` has too. */
function superglobal(array $lines): array
{
    $file = scratch('cookies.php');
    file_put_contents($file, '<?php echo json_encode(array_map(fn ($v) => is_array($v) ? $v : bin2hex($v), $_COOKIE));');
    // Port 0 is told on stderr.
    $process = proc_open([PHP_BINARY, '-n', '-S', '127.0.0.1:0', $file], [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['pipe', 'w']], $pipes);
    try {
        $said = '';
        while (!preg_match('~http://127\.0\.0\.1:(\d+)~', $said, $found)) {
            $read = [$pipes[2]];
            $none = null;
            stream_select($read, $none, $none, 10) || throw new RuntimeException("php -S says nothing: $said");
            $said .= fread($pipes[2], 8192);
        }
        return array_map(fn ($line) => json_decode(h1("http://127.0.0.1:$found[1]/", '-H', "Cookie: $line")->body, true), $lines);
    } finally {
        proc_terminate($process, 9);
        proc_close($process);
    }
}

$same = [
    'a=1; b=2', 'a="q"; b=x+y; c=x%20y; d=%zz; e=%41%', 'bare; =none; x=', 'a=1; a=2', '123=x; -5=y; 007=z', 'a=b=c; d==',
    'n%41me=v', '__Host-a=1; __host-a=2', "a=\xc3\xa9\xff", 'a=1,b=2', ';;a=1;', 'a=%00%0a',
];
$server = serve('fn ($r) => array_map(bin2hex(...), $r->getCookieParams())');
foreach (array_combine($same, superglobal($same)) as $line => $expected) {
    $got = json_decode(h1($server->url(), '-H', "Cookie: $line")->body, true);
    check(addcslashes($line, "\0..\37\177..\377"), $got === $expected && $expected !== [], [$got, $expected]);
}
$changed = ['a.b=1', 'a b=2', 'a[x]=3', 'a[]=4'];
foreach (array_combine($changed, superglobal($changed)) as $line => $expected) {
    $got = json_decode(h1($server->url(), '-H', "Cookie: $line")->body, true);
    echo $line, ': ', json_encode(array_keys($got)), ' where $_COOKIE has ', json_encode($expected), "\n";
}
?>
--EXPECT--
a=1; b=2: yes
a="q"; b=x+y; c=x%20y; d=%zz; e=%41%: yes
bare; =none; x=: yes
a=1; a=2: yes
123=x; -5=y; 007=z: yes
a=b=c; d==: yes
n%41me=v: yes
__Host-a=1; __host-a=2: yes
a=\303\251\377: yes
a=1,b=2: yes
;;a=1;: yes
a=%00%0a: yes
a.b=1: ["a.b"] where $_COOKIE has {"a_b":"31"}
a b=2: ["a b"] where $_COOKIE has {"a_b":"32"}
a[x]=3: ["a[x]"] where $_COOKIE has {"a":{"x":"3"}}
a[]=4: ["a[]"] where $_COOKIE has {"a":["4"]}
