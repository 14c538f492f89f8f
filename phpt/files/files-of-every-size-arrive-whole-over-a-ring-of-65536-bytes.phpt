--TEST--
Files of every boundary size, whole and in part, from a mount and from a handler, arrive over a ring of 65536 bytes
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

files_matrix(65536);
?>
--EXPECT--
h1: all files, 0 wrong
h2: all files, 0 wrong
capacity: yes
high water is within the ring and one record's overhead: yes
exit 0
