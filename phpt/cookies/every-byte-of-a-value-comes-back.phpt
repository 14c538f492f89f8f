--TEST--
What setCookie() sets comes back by getCookieParams() through a browser's eyes (curl's cookie engine), byte for byte
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $all = implode('', array_map('chr', range(0, 255)));
        $values = ['all' => $all, 'empty' => '', 'quoted' => '"x"', 'plus' => 'a+b c', 'percent' => '%41', 'list' => 'a,b;c=d', '123' => 'n', 'utf8' => "\u{e9}"];
        if ($request->getPath() === '/set') {
            foreach ($values as $name => $value) {
                $response->setCookie((string) $name, $value, maxAge: 60);
            }
            return 'set';
        }
        $got = $request->getCookieParams();
        ksort($got);
        ksort($values);
        return $got === $values ? 'all as they were' : json_encode($got, JSON_INVALID_UTF8_SUBSTITUTE);
    }
    PHP);
foreach (protocols() as $name => $get) {
    $jar = scratch_file('jar');
    echo $name, ' ', $get($server->url('/set'), '-c', $jar), "\n";
    echo $name, ' ', $get($server->url(), '-b', $jar), "\n";
}
?>
--EXPECT--
h1 200 set
h1 200 all as they were
h2 200 set
h2 200 all as they were
