--TEST--
A server and a closure answer over HTTP/1.1 and HTTP/2, and SIGTERM ends the process with status 0
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve('fn () => "hello\n"');
foreach (protocols() as $name => $get) {
    $answer = $get($server->url());
    echo $name, ' ', $answer->status, ' ', $answer->version, ' ', $answer->header('content-length'), ' ',
        $answer->header('content-type'), ' ', $answer->body;
    check('Date', strtotime((string) $answer->header('date')) >= time() - 2, $answer->header('date'));
}
$server->finish();
?>
--EXPECT--
h1 200 1.1 6 text/html; charset=utf-8 hello
Date: yes
h2 200 2 6 text/html; charset=utf-8 hello
Date: yes
exit 0
