--TEST--
examples/hello.php: under ten lines of code answer HTTP/1.1 and HTTP/2 and end at Ctrl-C
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$example = dirname(__DIR__, 2) . '/examples/hello.php';
$code = array_filter(PhpToken::tokenize(file_get_contents($example)), fn ($token) => !$token->isIgnorable());
check('under ten lines', count(array_unique(array_map(fn ($token) => $token->line, $code))) < 10);
$server = ServerProcess::run('$argv = ["", "127.0.0.1:0"]; require ' . var_export($example, true) . ';');
echo h1($server->url())->body, h2($server->url())->body;
echo 'exit ', $server->stop(SIGINT), ', stderr "', $server->stderr, '"';
?>
--EXPECT--
under ten lines: yes
Hello over HTTP/1.1!
Hello over HTTP/2!
exit 0, stderr ""
