--TEST--
read() gives the next piece, at most as long as asked, and null at the end, again and again
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r) {
        $most = (int) $r->getQueryParams()['most'];
        $hash = hash_init('sha256');
        $pieces = $length = $longest = 0;
        while (($piece = $r->read($most)) !== null) {
            hash_update($hash, $piece);
            $pieces++;
            $length += strlen($piece);
            $longest = max($longest, strlen($piece));
            if ($piece === '') return 'an empty piece';
        }
        return [$length, hash_final($hash), $longest <= $most, $pieces >= $length / $most, $r->read(), $r->read($most)];
    }
    PHP);
$file = scratch_file('upload');
file_put_contents($file, Body::of(300000));
foreach (protocols() as $name => $post) {
    foreach ([7000, 65536, 1000000] as $most) {
        echo "$name $most ", str_replace(Body::sha256(300000), '<right>', $post($server->url("/?most=$most"), '--data-binary', "@$file")->body), "\n";
    }
    echo "$name empty ", str_replace(Body::sha256(0), '<right>', $post($server->url('/?most=5'))->body), "\n";
}
?>
--EXPECT--
h1 7000 [300000,"<right>",true,true,null,null]
h1 65536 [300000,"<right>",true,true,null,null]
h1 1000000 [300000,"<right>",true,true,null,null]
h1 empty [0,"<right>",true,true,null,null]
h2 7000 [300000,"<right>",true,true,null,null]
h2 65536 [300000,"<right>",true,true,null,null]
h2 1000000 [300000,"<right>",true,true,null,null]
h2 empty [0,"<right>",true,true,null,null]
