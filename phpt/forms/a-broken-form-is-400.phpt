--TEST--
A multipart body that breaks its own rules is a BadRequestException, and 400 if nobody catches it
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request) {
        if ($request->getPath() === '/uncaught') { $request->getParsedBody(); return 'COMPLETE'; }
        return attempt(fn () => $request->getParsedBody());
    }
    PHP);
$whole = multipart(part('name=a; filename=x', Body::of(100000)));
$bodies = [
    'no boundary' => raw_body($whole, 'Content-Type: multipart/form-data'),
    'nothing' => raw_body('', FORM_DATA),
    'another boundary' => raw_body($whole, 'Content-Type: multipart/form-data; boundary=other'),
    'no end' => raw_body(substr($whole, 0, -4)),
    'half a part' => raw_body(substr($whole, 0, 5000)),
    'half a head' => raw_body(substr($whole, 0, 20)),
    'a broken line' => raw_body("--limit\r\nno header\r\n\r\n"),
    'a large head' => raw_body("--limit\r\nX: " . str_repeat('x', 17000) . "\r\n\r\n"),
    'no name' => raw_body(multipart(part(['Content-Disposition' => 'form-data'], 'x'))),
];
foreach ($bodies as $what => $arguments) {
    $texts = [];
    foreach (protocols() as $send) {
        $texts[] = $send($server->url(), ...$arguments)->body;
        $texts[] = $send($server->url('/uncaught'), ...$arguments)->status;
    }
    echo "$what: ", implode("\n  ", array_unique($texts)), "\n";
}
check('nothing is kept', until('the files to go', fn () => nameless_files($server->pid) === 0));
?>
--EXPECT--
no boundary: Sluice\BadRequestException: the multipart body has no boundary in its Content-Type
  400
nothing: Sluice\BadRequestException: the multipart body breaks off before its first part
  400
another boundary: Sluice\BadRequestException: the multipart body breaks off before its first part
  400
no end: Sluice\BadRequestException: the multipart body breaks off in the middle of a part
  400
half a part: Sluice\BadRequestException: the multipart body breaks off in the middle of a part
  400
half a head: Sluice\BadRequestException: the multipart body breaks off in the headers of a part
  400
a broken line: Sluice\BadRequestException: a part of the multipart body has a broken header line: "no header"
  400
a large head: Sluice\BadRequestException: the multipart body has a part whose headers are larger than 16384 bytes
  400
no name: Sluice\BadRequestException: a part of the form has neither a name nor a file name in its Content-Disposition
  400
nothing is kept: yes
