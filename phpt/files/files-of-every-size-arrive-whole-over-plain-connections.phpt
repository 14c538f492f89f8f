--TEST--
Files of every boundary size, whole and in part, from a mount and from a handler, arrive over plain connections
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

files_matrix(null);
?>
--EXPECT--
h1: all files, 0 wrong
h2: all files, 0 wrong
exit 0
