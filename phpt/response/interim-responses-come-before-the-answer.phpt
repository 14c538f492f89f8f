--TEST--
sendInformational() sends 1xx heads before the answer on h1, h2 and TLS, none to HTTP/1.0, and refuses what is no interim response
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$handler = <<<'PHP'
    function ($request, $r) {
        if ($request->getPath() === '/wrong') {
            $tried = [];
            foreach ([100, 101, 99, 200, 204, 0, -103, 70000] as $status) {
                $tried[] = attempt(fn () => $r->sendInformational($status));
            }
            $headers = [['Content-Length' => '1'], ['transfer-encoding' => 'chunked'], ['Connection' => 'close'], ['a b' => '1'], ['A' => "x\r\nB: 1"], ['A' => ['x', "\0"]], ['Link: x'], ['A' => new stdClass]];
            foreach ($headers as $fields) {
                $tried[] = attempt(fn () => $r->sendInformational(103, $fields));
            }
            $r->write('');
            $tried[] = attempt(fn () => $r->sendInformational(103));
            return implode("\n", $tried);
        }
        $r->sendInformational(103, ['Link' => ['</a.css>; rel=preload', '</b.js>; rel=preload'], 'X-One' => 1]);
        $r->sendInformational(102);
        $request->getBody();
        $r->sendInformational(199, []);
        return $request->getProtocolVersion();
    }
    PHP;
foreach ([null, 'Sluice\Tls::selfSigned()'] as $tls) {
    $server = serve($handler, tls: $tls);
    foreach (protocols() as $name => $get) {
        foreach ([[], ['-d', 'body'], ['-d', 'body', '-H', 'Expect: 100-continue']] as $more) {
            $answer = $get($server->url(), ...$more);
            echo $name, $tls ? ' TLS ' : ' ', implode(' ', $answer->statuses), ' ', $answer, "\n";
        }
    }
}
[, $verbose] = command(['nghttp', '-v', '--no-verify-peer', $server->url()]);
// The fields of the heads as nghttp shows them, in order.
preg_match_all('/\) (:status|link|x-one): (.*)$/m', preg_replace('/\e\[[\d;]*m/', '', $verbose), $fields, PREG_SET_ORDER);
echo implode("\n", array_map(fn ($field) => "$field[1]: $field[2]", $fields)), "\n";
$client = Raw::tls($server->addresses[0]);
$client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
echo $client->readUntil("\r\n\r\n");
$answer = $client->answer();
echo implode(' ', $answer->statuses), ' ', $answer, "\n";
$answer = curl($server->url(), '--http1.0', '--no-alpn');
echo '1.0: ', implode(' ', $answer->statuses), ' ', $answer, "\n";
echo h1($server->url('/wrong'))->body, "\n";
$server->finish();
?>
--EXPECT--
h1 103 102 199 200 200 1.1
h1 103 102 199 200 200 1.1
h1 103 102 100 199 200 200 1.1
h2 103 102 199 200 200 2
h2 103 102 199 200 200 2
h2 103 102 100 199 200 200 2
h1 TLS 103 102 199 200 200 1.1
h1 TLS 103 102 199 200 200 1.1
h1 TLS 103 102 100 199 200 200 1.1
h2 TLS 103 102 199 200 200 2
h2 TLS 103 102 199 200 200 2
h2 TLS 103 102 100 199 200 200 2
:status: 103
link: </a.css>; rel=preload
link: </b.js>; rel=preload
x-one: 1
:status: 102
:status: 199
:status: 200
HTTP/1.1 103 Early Hints
link: </a.css>; rel=preload
link: </b.js>; rel=preload
x-one: 1

102 199 200 200 1.1
1.0: 200 200 1.0
Sluice\ConfigException: status 100 is sent by the server itself, when the handler reads the request body
Sluice\ConfigException: status 101 switches protocols, which is no interim response
Sluice\ConfigException: status 99 is no interim status: it must be from 102 to 199
Sluice\ConfigException: status 200 is no interim status: it must be from 102 to 199
Sluice\ConfigException: status 204 is no interim status: it must be from 102 to 199
Sluice\ConfigException: status 0 is no interim status: it must be from 102 to 199
Sluice\ConfigException: status -103 is no interim status: it must be from 102 to 199
Sluice\ConfigException: status 70000 is no interim status: it must be from 102 to 199
Sluice\ConfigException: content-length may not stand in an interim response: framing and connection are the server's
Sluice\ConfigException: transfer-encoding may not stand in an interim response: framing and connection are the server's
Sluice\ConfigException: connection may not stand in an interim response: framing and connection are the server's
Sluice\ConfigException: header name "a b" is not a token (letters, digits and !#$%&'*+-.^_`|~)
Sluice\ConfigException: the value "x\r\nB: 1" of header a has a control character (CR, LF and NUL among them); these are not allowed
Sluice\ConfigException: the value "\x00" of header a has a control character (CR, LF and NUL among them); these are not allowed
Sluice\ConfigException: headers are an array of name => value: 0 is no name
TypeError: a header value is a string or a list of strings, Object given
Sluice\StateException: the head of the response is sent: it is too late for an interim response
exit 0
