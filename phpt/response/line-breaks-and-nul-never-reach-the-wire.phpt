--TEST--
CR, LF and NUL in header names, values, reasons, trailers and redirects throw, and nothing of them is sent
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $r) {
        $bad = ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\0b", "\r\n\r\n<html>"];
        $said = [];
        foreach ($bad as $i => $text) {
            foreach ([
                'name' => fn () => $r->setHeader($text, 'v'),
                'added name' => fn () => $r->addHeader($text, 'v'),
                'value' => fn () => $r->setHeader('X-V', $text),
                'added value' => fn () => $r->addHeader('X-V', $text),
                'list value' => fn () => $r->setHeader('X-V', ['fine', $text]),
                'reason' => fn () => $r->setStatus(200, $text),
                'trailer name' => fn () => $r->setTrailer($text, 'v'),
                'trailer value' => fn () => $r->setTrailer('X-T', $text),
                'redirect' => fn () => $r->redirect($text),
            ] as $what => $call) {
                $result = attempt($call);
                if (!preg_match('/^[\w\\\\]+(Exception|Error): ./s', $result)) $said[] = "$what $i: $result";
            }
        }
        return [$said, $r->getHeaders(), $r->isCommitted()];
    }
    PHP);
$client = Raw::connect($server->addresses[0]);
$client->send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
$all = $client->readAll();
echo json_encode([str_contains($all, 'Evil'), substr_count($all, "\r\n\r\n"), explode("\r\n\r\n", $all)[1]]), "\n";
?>
--EXPECT--
[false,1,"[[],[],false]"]
