--TEST--
No key, a key of another certificate, an unreadable file, rubbish and rings out of bounds are refused, every mistake in one message
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

[$certificate, $key] = certificate();
[$otherCertificate, $otherKey] = certificate();
[$rsaCertificate, $rsaKey] = certificate('rsa');
file_put_contents($rubbish = scratch_file('rubbish.pem'), 'rubbish');
file_put_contents($broken = scratch_file('broken.pem'), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
$missing = scratch('missing.pem');
function refused(string $what, callable $make, string $class, string ...$named): void
{
    $text = attempt($make);
    check($what, str_starts_with($text, "Sluice\\$class: ") && array_filter($named, fn ($n) => stripos($text, $n) === false) === [], $text);
}
refused('missing certificate', fn () => new Sluice\Tls($missing, $key), 'TlsException', 'missing.pem', 'No such file');
refused('missing key', fn () => new Sluice\Tls($certificate, $missing), 'TlsException', 'missing.pem');
refused('a directory', fn () => new Sluice\Tls(scratch(), $key), 'TlsException', scratch());
refused('empty strings', fn () => new Sluice\Tls('', ''), 'TlsException', 'certificate', 'key');
refused('rubbish', fn () => new Sluice\Tls($rubbish, $rubbish), 'TlsException', 'rubbish.pem');
refused('a certificate that is none', fn () => new Sluice\Tls($broken, $key), 'TlsException', 'certificate');
refused('exchanged', fn () => new Sluice\Tls($key, $certificate), 'TlsException', 'certificate', 'key');
refused('key of another certificate', fn () => new Sluice\Tls($certificate, $otherKey), 'TlsException', 'belong');
refused('key of another kind', fn () => new Sluice\Tls($certificate, $rsaKey), 'TlsException', 'belong');
refused('ring too small', fn () => new Sluice\Tls($certificate, $key, ring: 1023), 'ConfigException', '1023', '1024', '1048576');
refused('ring too large', fn () => new Sluice\Tls($certificate, $key, ring: 1048577), 'ConfigException', '1048577', '1048576');
refused('negative ring', fn () => new Sluice\Tls($certificate, $key, ring: -1), 'ConfigException', '-1');
refused('all at once', fn () => new Sluice\Tls($missing, $rubbish, ring: 1), 'TlsException', 'missing.pem', 'rubbish.pem', 'ring', '1024');
refused('withRing', fn () => (new Sluice\Tls($certificate, $key))->withRing(5), 'ConfigException', '5', '1024');
$pem = file_get_contents($key);
check('no key in a message', !str_contains(attempt(fn () => new Sluice\Tls($pem, 'x')), substr($pem, 60, 40)));
?>
--EXPECT--
missing certificate: yes
missing key: yes
a directory: yes
empty strings: yes
rubbish: yes
a certificate that is none: yes
exchanged: yes
key of another certificate: yes
key of another kind: yes
ring too small: yes
ring too large: yes
negative ring: yes
all at once: yes
withRing: yes
no key in a message: yes
