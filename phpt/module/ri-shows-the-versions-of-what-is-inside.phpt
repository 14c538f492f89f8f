--TEST--
php --ri sluice shows its version and those of hyper, h2, rustls and the crypto provider
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

[$status, $text] = command([PHP_BINARY, ...own_options(), '--ri', 'sluice']);
echo "exit $status\n";
foreach (['sluice', 'hyper', 'h2', 'rustls', 'crypto provider'] as $name) {
    check($name, preg_match('/^.*\b' . $name . '\b.*?=>.*\d+\.\d+/mi', $text) === 1, $text);
}
check('the version is the extension\'s own', str_contains($text, phpversion('sluice')), $text);
?>
--EXPECT--
exit 0
sluice: yes
hyper: yes
h2: yes
rustls: yes
crypto provider: yes
the version is the extension's own: yes
