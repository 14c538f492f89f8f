--TEST--
100 Continue goes out when the handler reads the body, and not when it refuses without reading
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        if ($request->getPath() === '/refuse') { $response->setStatus(403); return 'no'; }
        return hash('sha256', $request->getBody());
    }
    PHP);
$file = scratch_file('upload');
file_put_contents($file, Body::of(2000000));
$answer = h1($server->url(), '--data-binary', "@$file", '--expect100-timeout', '15');
echo json_encode($answer->statuses), ' ', str_replace(Body::sha256(2000000), '<right>', $answer), "\n";

$client = Raw::connect($server->addresses[0]);
$client->send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
echo json_encode($client->readUntil("\r\n\r\n")), "\n";
$client->send('hello');
check('and then the answer', $client->answer()->body === hash('sha256', 'hello'));

$client = Raw::connect($server->addresses[0]);
$client->send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
$answer = $client->answer();
echo json_encode($answer->statuses), " $answer\n";
?>
--EXPECT--
[100,200] 200 <right>
"HTTP\/1.1 100 Continue\r\n\r\n"
and then the answer: yes
[403] 403 no
