--TEST--
A body is read in one way: the second way is a StateException, but getBody() keeps what getParsedBody() can use
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) {
        $results = [];
        foreach (explode(',', substr($request->getPath(), 1)) as $call) {
            $text = attempt(fn () => match ($call) {
                'parts' => $request->getParts(),
                'files' => told($request->getUploadedFiles()),
                'form' => $request->getParsedBody(),
                'body' => strlen($request->getBody()),
                'read' => strlen($request->read(10) ?? ''),
                'drain' => iterator_count($request->getParts()),
            });
            $results[] = "$call " . preg_replace('/"hash":"(.{8}).*?"/', '"hash":"$1"', $text);
        }
        return implode("\n  ", $results);
    }
    PHP);
$bodies = [
    'multipart' => raw_body(multipart(part('name=a', '1'), part('name=f; filename=x', 'content'))),
    'urlencoded' => raw_body('a=1&b[]=2', 'Content-Type: application/x-www-form-urlencoded'),
    'mixed' => raw_body(multipart(part('name=a', '1'), part([], '2')), 'Content-Type: multipart/mixed; boundary=limit'),
    'text' => raw_body('text', 'Content-Type: text/plain'),
];
$calls = [
    'multipart' => ['form,form,files,body,read,parts', 'files,form', 'body,form,files,body,parts', 'read,form,read,body', 'parts,form,read,body,parts', 'drain,drain,form'],
    'urlencoded' => ['form,files,form,body,read', 'body,form', 'read,form', 'parts,form'],
    'mixed' => ['form,files,drain,body', 'body,drain'],
    'text' => ['form,files,body,form', 'read,form,files', 'parts'],
];
foreach ($calls as $kind => $sequences) {
    foreach ($sequences as $sequence) {
        $answers = array_map(fn ($send) => $send($server->url("/$sequence"), ...$bodies[$kind])->body, protocols());
        check("$kind, h1 and h2 agree", $answers['h1'] === $answers['h2'], $answers);
        echo "  {$answers['h1']}\n";
    }
}
?>
--EXPECT--
multipart, h1 and h2 agree: yes
  form returned {"a":"1"}
  form returned {"a":"1"}
  files returned {"f":{"name":"x","type":null,"size":7,"error":0,"hash":"ed7002b4"}}
  body Sluice\StateException: the body is read by getParsedBody() or getUploadedFiles() already: a body is read once, in one way
  read Sluice\StateException: the body is read by getParsedBody() or getUploadedFiles() already: a body is read once, in one way
  parts Sluice\StateException: the body is read by getParsedBody() or getUploadedFiles() already: a body is read once, in one way
multipart, h1 and h2 agree: yes
  files returned {"f":{"name":"x","type":null,"size":7,"error":0,"hash":"ed7002b4"}}
  form returned {"a":"1"}
multipart, h1 and h2 agree: yes
  body returned 137
  form returned {"a":"1"}
  files returned {"f":{"name":"x","type":null,"size":7,"error":0,"hash":"ed7002b4"}}
  body returned 137
  parts Sluice\StateException: the body is read by getParsedBody() or getUploadedFiles() already: a body is read once, in one way
multipart, h1 and h2 agree: yes
  read returned 10
  form Sluice\StateException: the body is read by read() already: a body is read once, in one way
  read returned 10
  body returned 117
multipart, h1 and h2 agree: yes
  parts returned Sluice\Parts
  form Sluice\StateException: the body is read by getParts() already: a body is read once, in one way
  read Sluice\StateException: the body is read by getParts() already: a body is read once, in one way
  body Sluice\StateException: the body is read by getParts() already: a body is read once, in one way
  parts Sluice\StateException: the body is read by getParts() already: a body is read once, in one way
multipart, h1 and h2 agree: yes
  drain returned 2
  drain Sluice\StateException: the body is read by getParts() already: a body is read once, in one way
  form Sluice\StateException: the body is read by getParts() already: a body is read once, in one way
urlencoded, h1 and h2 agree: yes
  form returned {"a":"1","b":["2"]}
  files returned []
  form returned {"a":"1","b":["2"]}
  body Sluice\StateException: the body is read by getParsedBody() or getUploadedFiles() already: a body is read once, in one way
  read Sluice\StateException: the body is read by getParsedBody() or getUploadedFiles() already: a body is read once, in one way
urlencoded, h1 and h2 agree: yes
  body returned 9
  form returned {"a":"1","b":["2"]}
urlencoded, h1 and h2 agree: yes
  read returned 9
  form Sluice\StateException: the body is read by read() already: a body is read once, in one way
urlencoded, h1 and h2 agree: yes
  parts Sluice\BadRequestException: the body has no parts: its Content-Type is not multipart
  form returned {"a":"1","b":["2"]}
mixed, h1 and h2 agree: yes
  form returned null
  files returned []
  drain returned 2
  body Sluice\StateException: the body is read by getParts() already: a body is read once, in one way
mixed, h1 and h2 agree: yes
  body returned 79
  drain Sluice\StateException: the body is read by getBody() already: a body is read once, in one way
text, h1 and h2 agree: yes
  form returned null
  files returned []
  body returned 4
  form returned null
text, h1 and h2 agree: yes
  read returned 4
  form returned null
  files returned []
text, h1 and h2 agree: yes
  parts Sluice\BadRequestException: the body has no parts: its Content-Type is not multipart
