--TEST--
Status 99, 100, 199 and 600 throw; 200 to 599 are final statuses
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        if ($request->getPath() === '/set') { $r->setStatus((int) $request->getQueryParams()['code']); return 'set'; }
        $said = [];
        foreach ([-1, 0, 99, 100, 101, 103, 199, 600, 999, 65736] as $code) {
            $said["setStatus($code)"] = attempt(fn () => $r->setStatus($code));
            $said["json($code)"] = attempt(fn () => $r->json([], $code));
            $said["redirect($code)"] = attempt(fn () => $r->redirect('/', $code));
        }
        return [$said, $r->getStatus(), $r->isCommitted()];
    }
    PHP);
[$said, $status, $committed] = json_decode(h1($server->url())->body, true);
foreach ($said as $call => $result) {
    preg_match('/\d+/', $call, $code);
    check($call, str_starts_with($result, 'Sluice\\') || preg_match('/^\w*(Exception|Error): /', $result) === 1 and str_contains($result, $code[0]), $result);
}
echo json_encode([$status, $committed]), "\n";
foreach ([200, 226, 299, 399, 418, 499, 599] as $code) {
    echo h1($server->url("/set?code=$code"))->status, ' ', h2($server->url("/set?code=$code"))->status, "\n";
}
?>
--EXPECT--
setStatus(-1): yes
json(-1): yes
redirect(-1): yes
setStatus(0): yes
json(0): yes
redirect(0): yes
setStatus(99): yes
json(99): yes
redirect(99): yes
setStatus(100): yes
json(100): yes
redirect(100): yes
setStatus(101): yes
json(101): yes
redirect(101): yes
setStatus(103): yes
json(103): yes
redirect(103): yes
setStatus(199): yes
json(199): yes
redirect(199): yes
setStatus(600): yes
json(600): yes
redirect(600): yes
setStatus(999): yes
json(999): yes
redirect(999): yes
setStatus(65736): yes
json(65736): yes
redirect(65736): yes
[200,false]
200 200
226 226
299 299
399 399
418 418
499 499
599 599
