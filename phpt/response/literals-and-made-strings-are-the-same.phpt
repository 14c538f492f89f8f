--TEST--
Methods that most requests call do the same with literals as with strings that were made, and say the same of what is wrong
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$server = serve(<<<'PHP'
    function ($request, $response) {
        $made = fn (string $text) => substr("$text.", 0, -1);
        $told = function (callable $call) {
            try { return get_debug_type($call()); } catch (Throwable $e) { return get_class($e) . ': ' . $e->getMessage(); }
        };
        switch ($request->getPath()) {
            case '/literal':
                $response->setHeader('X-One', 'a')->setHeader('x-one', 'b')->setHeader('Content-Type', 'text/plain');
                $response->end('body');
                return;
            case '/made':
                $response->setHeader($made('X-One'), $made('a'))->setHeader($made('x-one'), $made('b'));
                $response->setHeader($made('Content-Type'), $made('text/plain'));
                $response->end($made('body'));
                return;
            case '/wrong':
                $said = [];
                foreach ([1, 2] as $_) {
                    $said[] = [
                        $told(fn () => $response->setHeader('X One', 'a')), $told(fn () => $response->setHeader($made('X One'), 'a')),
                        $told(fn () => $response->setHeader('X-One', "a\n")), $told(fn () => $response->setHeader('X-One', $made("a\n"))),
                        $told(fn () => $response->setHeader('Content-Length', 'x')), $told(fn () => $response->setHeader('X', ['a', 'b'])),
                        $told(fn () => $response->setHeader('X')), $told(fn () => $response->setHeader('X', null)),
                        $told(fn () => $request->getPath(1)), $told(fn () => $request->getHeaderLine()), $told(fn () => $response->end([])),
                    ];
                }
                $response->end(($said[0] === $said[1] ? "twice\n" : "not the same twice\n") . implode("\n", $said[0]));
                return;
            case '/end':
                $response->end('once');
                note($told(fn () => $response->end('twice')));
                note($told(fn () => $response->setHeader('X', 'a')));
                return;
            case '/a b':
                return json_encode([$request->getMethod(), $request->getPath(), $request->getHeaderLine('X-None'), $request->getHeaderLine('X-Two'), $request->getHeaderLine("X-Two\n")]);
        }
    }
    PHP);
foreach (['literal', 'made'] as $path) {
    foreach (protocols() as $name => $get) {
        $answer = $get($server->url("/$path"));
        echo "$name $path $answer ", $answer->header('x-one'), ' ', $answer->header('content-type'), "\n";
    }
}
echo h1($server->url('/wrong')), "\n";
echo h1($server->url('/end')), "\n";
echo h1($server->url('/a%20b'), '-H', 'X-Two: a', '-H', 'X-Two:  b '), "\n";
$server->finish();
?>
--EXPECT--
h1 literal 200 body b text/plain
h2 literal 200 body b text/plain
h1 made 200 body b text/plain
h2 made 200 body b text/plain
200 twice
Sluice\ConfigException: header name "X One" is not a token (letters, digits and !#$%&'*+-.^_`|~)
Sluice\ConfigException: header name "X One" is not a token (letters, digits and !#$%&'*+-.^_`|~)
Sluice\ConfigException: the value "a\n" of header x-one has a control character (CR, LF and NUL among them); these are not allowed
Sluice\ConfigException: the value "a\n" of header x-one has a control character (CR, LF and NUL among them); these are not allowed
Sluice\ConfigException: Content-Length must be one whole number of bytes, 0 or more
Sluice\Response
ArgumentCountError: Sluice\Response::setHeader() expects exactly 2 arguments, 1 given
TypeError: a header value is a string or a list of strings, Null given
ArgumentCountError: Sluice\Request::getPath() expects exactly 0 arguments, 1 given
ArgumentCountError: Sluice\Request::getHeaderLine() expects exactly 1 argument, 0 given
TypeError: Invalid value given for argument `bytes`.
200 once
200 ["GET","\/a b","","a, b",""]
exit 0
stdout: Sluice\StateException: the response has ended already: end() is called once
stdout: Sluice\StateException: the head of the response is sent: it is too late to set a header
