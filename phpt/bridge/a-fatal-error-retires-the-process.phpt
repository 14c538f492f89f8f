--TEST--
A fatal error is answered with 500 or an abort, other requests finish, and the process ends with status 255 and says why
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$fatals = [
    'memory' => 'str_repeat("x", 1 << 30);',
    'inheritance' => 'eval("class A1 { function f(int \$a) {} } class B1 extends A1 { function f(string \$a, \$b) {} }");',
    'user error' => 'trigger_error("the end", E_USER_ERROR);',
];
foreach ($fatals as $what => $code) {
    foreach (['before', 'after'] as $when) {
        $commit = $when === 'after' ? '$r->write("some");' : '';
        $server = serve("function (\$request, \$r) {
            if (\$request->getPath() === '/other') {
                note('other waits');
                while (!file_exists(\$request->getQueryParams()['go'])) Sluice\\delay(0.005);
                return 'other';
            }
            $commit $code
            return 'NOT FATAL';
        }", after: 'note("RETURNED");', ini: ['memory_limit' => '64M']);
        $go = scratch_file('go');
        $waiting = Raw::connect($server->addresses[0]);
        $waiting->send("GET /other?go=$go HTTP/1.1\r\nHost: x\r\n\r\n");
        $server->waitFor('other waits');
        $a = h1($server->url('/fatal'));
        echo "$what $when the commit: ", $when === 'before' ? $a : ($a->exit === 0 ? 'COMPLETE' : 'aborted'), "\n";
        until('the port to close', fn () => @stream_socket_client($server->addresses[0]) === false);
        touch($go);
        echo '  ', $waiting->answer(), ', exit ', $server->wait(), "\n";
        check('  says why', preg_match('/^\[sluice\] .*fatal/mi', $server->stderr) === 1, $server->stderr);
        $output = $server->stdout . $server->stderr;
        check('  PHP says it too', preg_match('/Allowed memory|must be compatible|the end/', $output) === 1, $output);
    }
}
?>
--EXPECT--
memory before the commit: 500 Internal Server Error
  200 other, exit 255
  says why: yes
  PHP says it too: yes
memory after the commit: aborted
  200 other, exit 255
  says why: yes
  PHP says it too: yes
inheritance before the commit: 500 Internal Server Error
  200 other, exit 255
  says why: yes
  PHP says it too: yes
inheritance after the commit: aborted
  200 other, exit 255
  says why: yes
  PHP says it too: yes
user error before the commit: 500 Internal Server Error
  200 other, exit 255
  says why: yes
  PHP says it too: yes
user error after the commit: aborted
  200 other, exit 255
  says why: yes
  PHP says it too: yes
