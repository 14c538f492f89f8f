--TEST--
Every class, method, parameter, type and default of the stubs is that of the extension, and the other way round
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

require __DIR__ . '/../_support/reflect.inc';
[$status, $stubs, $errors] = command([PHP_BINARY, '-n', '-r', sprintf(
    'require %s; foreach (glob(%s) as $file) { $todo[] = $file; }
     // Parents first: a file whose parent is not there yet is tried again.
     spl_autoload_register(fn ($name) => require_once %s . strtr(substr($name, 7), "\\\\", "/") . ".php");
     foreach ($todo as $file) { require_once $file; }
     echo implode("\n", sluice_shape());',
    var_export(realpath(__DIR__ . '/../_support/reflect.inc'), true),
    var_export(__DIR__ . '/../../php/stubs/Sluice/*.php', true),
    var_export(__DIR__ . '/../../php/stubs/Sluice/', true),
)]);
echo $errors;
$stubs = explode("\n", $stubs);
$extension = sluice_shape();
check('there is something to compare', count($extension) > 80, count($extension));
foreach (array_diff($stubs, $extension) as $fact) {
    echo "only in the stubs:    $fact\n";
}
foreach (array_diff($extension, $stubs) as $fact) {
    echo "only in the extension: $fact\n";
}
?>
--EXPECT--
there is something to compare: yes
