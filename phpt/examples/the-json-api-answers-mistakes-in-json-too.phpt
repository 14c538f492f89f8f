--TEST--
examples/json-api.php: notes are made, found and deleted; each mistake has its status and is told in JSON
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$example = dirname(__DIR__, 2) . '/examples/json-api.php';
foreach (protocols() as $name => $get) {
    $server = ServerProcess::run('$argv = ["", "127.0.0.1:0"]; require ' . var_export($example, true) . ';');
    $notes = $server->url('/notes');
    $made = $get($notes, '-d', '{"text": "buy milk"}');
    echo "$name\n$made {$made->header('location')} {$made->header('content-type')}\n";
    echo $get($notes, '-d', '{"text": "call Zoe"}'), "\n";
    echo $get("$notes?contains=milk"), "\n";
    echo $get("$notes/2"), "\n";
    echo trim($get("$notes/1", '-X', 'DELETE')), "\n";
    echo $get("$notes/1"), "\n";
    echo $get("$notes?contains[]=x", '-g'), "\n";
    echo $get($notes, '-d', '{"text": '), "\n";
    echo $get($notes, '-d', '{"text": 7}'), "\n";
    echo $get($notes, '-H', 'Transfer-Encoding: chunked', '-d', str_repeat('x', 65537)), "\n";
    $refused = $get($notes, '-X', 'PUT');
    echo "$refused {$refused->header('allow')}\n";
    echo $get($server->url('/')), "\n";
    echo 'exit ', $server->stop(SIGINT), ' ', json_encode($server->stdout . $server->stderr), "\n";
}
?>
--EXPECT--
h1
201 {"id":1,"text":"buy milk"} /notes/1 application/json
201 {"id":2,"text":"call Zoe"}
200 [{"id":1,"text":"buy milk"}]
200 {"id":2,"text":"call Zoe"}
204
404 {"error":"there is no note 1"}
400 {"error":"contains is one string"}
400 {"error":"Syntax error"}
422 {"error":"text is a string that is not empty"}
413 {"error":"the request body is larger than the limit of 65536 bytes (Limits: body)"}
405 {"error":"the method is not allowed here"} GET, POST
404 {"error":"there is nothing here"}
exit 0 ""
h2
201 {"id":1,"text":"buy milk"} /notes/1 application/json
201 {"id":2,"text":"call Zoe"}
200 [{"id":1,"text":"buy milk"}]
200 {"id":2,"text":"call Zoe"}
204
404 {"error":"there is no note 1"}
400 {"error":"contains is one string"}
400 {"error":"Syntax error"}
422 {"error":"text is a string that is not empty"}
413 {"error":"the request body is larger than the limit of 65536 bytes (Limits: body)"}
405 {"error":"the method is not allowed here"} GET, POST
404 {"error":"there is nothing here"}
exit 0 ""
