--TEST--
Tls::acme() names every mistake in one message
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$url = 'https://localhost:1/directory';
$all = attempt(fn () => Sluice\Tls::acme('http://ca.test', ['nobody'], ['*.shop.test', '192.0.2.1', ''], '/dev/null', '/nowhere.pem'));
echo str_replace('; ', ";\n", $all), "\n";
echo attempt(fn () => Sluice\Tls::acme($url, [], [], scratch('none'))), "\n";
mkdir(scratch('open'));
chmod(scratch('open'), 0777);
$open = attempt(fn () => Sluice\Tls::acme($url, [], ['shop.test'], scratch('open')));
check('a folder for everybody', str_contains($open, 'others may write there (its mode is 0777)'), $open);
$tls = Sluice\Tls::acme($url, [], ['shop.test'], scratch('good'));
check('a good one', count(glob(scratch('good') . '/certificates/shop.test-*.pem')) === 1);
check('copies', get_class($tls->withRing(4096)->withStrictNames()) === 'Sluice\Tls');
?>
--EXPECT--
Sluice\ConfigException: Tls::acme: 7 mistakes: directory: "http://ca.test": it must begin with https://;
contacts: "nobody": it must be one e-mail address, as admin@example.com;
names: "*.shop.test": TLS-ALPN-01 cannot prove a wildcard: give each name, or use certificate files;
names: "192.0.2.1": it is an IP address: give the host name;
names: "": it is not a host name;
directory CA: cannot read the file "/nowhere.pem": No such file or directory (os error 2);
storage: "/dev/null": it is not a folder
Sluice\ConfigException: Tls::acme: names: there must be at least one
a folder for everybody: yes
a good one: yes
copies: yes
