--TEST--
Bodies of every boundary size, buffered, streamed and generated, complete over a ring of 34816 bytes
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

matrix(34816);
?>
--EXPECT--
h1: all transfers, 0 wrong
h2: all transfers, 0 wrong
capacity: yes
high water is within the ring and one record's overhead: yes
exit 0
