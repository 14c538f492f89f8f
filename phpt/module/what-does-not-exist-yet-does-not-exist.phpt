--TEST--
Methods of later releases are absent, not stubs
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$absent = [
    'Response' => ['sendFile', 'sendInformational'],
];
foreach ($absent as $class => $methods) {
    foreach ($methods as $method) {
        echo "$class::$method ", method_exists("Sluice\\$class", $method) ? 'EXISTS' : 'is absent', "\n";
    }
}
?>
--EXPECT--
Response::sendFile is absent
Response::sendInformational is absent
