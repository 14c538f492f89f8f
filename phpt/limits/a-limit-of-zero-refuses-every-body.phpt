--TEST--
Limits(body: 0) lets requests without a body through and refuses the rest
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($r) {
        return "read " . strlen($r->getBody());
    }
    PHP, server: 'new Sluice\Server(limits: new Sluice\Limits(body: 0))');
foreach (protocols() as $name => $post) {
    echo "$name ", $post($server->url()), ' ', $post($server->url(), '-d', 'x')->status, ' ', $post($server->url(), '-d', ''), "\n";
}
?>
--EXPECT--
h1 200 read 0 413 200 read 0
h2 200 read 0 413 200 read 0
