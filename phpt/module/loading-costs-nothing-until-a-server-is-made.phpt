--TEST--
The extension loads without a thread, a socket or a signal handler of its own
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

check('loaded', extension_loaded('sluice'));
check('one thread', count(glob('/proc/self/task/*')) === 1, glob('/proc/self/task/*'));
$count = 'echo count(preg_grep("/socket|event/", array_map(fn ($fd) => (string) @readlink($fd), glob("/proc/self/fd/*"))));';
[, $bare] = command([PHP_BINARY, '-n', '-r', $count]);
[, $loaded] = command([PHP_BINARY, ...own_options(), '-r', $count]);
check('no sockets, no event queues', $loaded === $bare, "$loaded, without the extension $bare");
preg_match('/^SigCgt:\s+([0-9a-f]+)/m', file_get_contents('/proc/self/status'), $with);
[, $without] = command([PHP_BINARY, '-n', '-r', 'echo file_get_contents("/proc/self/status");']);
preg_match('/^SigCgt:\s+([0-9a-f]+)/m', $without, $bare);
check('no signal handlers', $with[1] === $bare[1], [$with[1], $bare[1]]);
?>
--EXPECT--
loaded: yes
one thread: yes
no sockets, no event queues: yes
no signal handlers: yes
