--TEST--
A form past a limit is a BodyTooLargeException that names the limit and its value, and 413 if nobody catches it
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        if ($request->getPath() === '/uncaught') { $request->getUploadedFiles(); return 'COMPLETE'; }
        $first = attempt(fn () => $request->getParsedBody());
        $second = attempt(fn () => $request->getUploadedFiles());
        return $first . ($second === $first ? '' : " and then $second");
    }
    PHP, 'new Sluice\Server(limits: new Sluice\Limits(body: 100000), uploads: new Sluice\Uploads(fields: 2, fieldSize: 5, files: 1, fileSize: 70000))');
$bodies = [
    'fields' => raw_body('a=1&b=2&c=3', 'Content-Type: application/x-www-form-urlencoded'),
    'a field' => raw_body('a=123456', 'Content-Type: application/x-www-form-urlencoded'),
    'parts' => raw_body(multipart(part('name=a', '1'), part('name=b', '2'), part('name=c', '3'))),
    'empty inputs' => raw_body(multipart(...array_fill(0, 3, part('name="f[]"; filename=""', '')))),
    'a part' => raw_body(multipart(part('name=long', '123456'))),
    'files' => raw_body(multipart(part('name=f; filename=x', ''), part('name=g; filename=y', ''))),
    'a file' => raw_body(multipart(part('name=f; filename=x', str_repeat('x', 70001)))),
    'the body' => raw_body(multipart(part('name=f; filename=x', 'x')) . str_repeat('behind the form', 7000)),
];
foreach ($bodies as $what => $arguments) {
    $texts = [];
    foreach (protocols() as $send) {
        // Without a length the limit on the body is met while the form is read.
        $chunked = ['-H', 'Transfer-Encoding: chunked'];
        $texts[] = $send($server->url(), ...$arguments, ...$chunked)->body;
        $texts[] = $send($server->url('/uncaught'), ...$arguments, ...$chunked)->status;
    }
    echo "$what: ", implode("\n  ", array_unique($texts)), "\n";
}
check('nothing is kept', until('the files to go', fn () => nameless_files($server->pid) === 0));
?>
--EXPECT--
fields: Sluice\BodyTooLargeException: the form has more than 2 fields (Uploads: fields)
  413
a field: Sluice\BodyTooLargeException: the field "a" of the form is larger than the limit of 5 bytes (Uploads: fieldSize)
  413
parts: Sluice\BodyTooLargeException: the form has more than 2 fields (Uploads: fields)
  413
empty inputs: Sluice\BodyTooLargeException: the form has more than 2 fields (Uploads: fields)
  413
a part: Sluice\BodyTooLargeException: the field "long" of the form is larger than the limit of 5 bytes (Uploads: fieldSize)
  413
files: Sluice\BodyTooLargeException: the form has more than 1 files (Uploads: files)
  413
a file: Sluice\BodyTooLargeException: the file "f" of the form is larger than the limit of 70000 bytes (Uploads: fileSize)
  413
the body: Sluice\BodyTooLargeException: the request body is larger than the limit of 100000 bytes (Limits: body)
  413
nothing is kept: yes
