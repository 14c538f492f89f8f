--TEST--
withClientCa() takes clients by their names, and its mistakes come all at once
--EXTENSIONS--
sluice
--FILE--
<?php
require __DIR__ . '/../_support/test.inc';

$ca = new ClientCa();
$alice = $ca->issue('alice', 'email:alice@example.org');
$bob = $ca->issue('bob');
$dave = $ca->issue('dave');
// Beside other names a common name is the client's own word.
$mallory = $ca->issue('dave', 'email:mallory@example.org');
foreach (["'alice@example.org'" => $alice, "['carol', 'dave']" => $dave] as $names => $known) {
    $server = serve(
        'fn ($request) => $request->getTls()->clientCertificate->subject',
        tls: "Sluice\\Tls::selfSigned()->withClientCa('$ca->file', names: $names)",
    );
    echo h1($server->url(), ...showing($known)), "\n";
    foreach (['bob' => $bob, 'mallory' => $mallory] as $name => $other) {
        $answer = h1($server->url(), ...showing($other));
        check("$name is refused", $answer->exit !== 0 && str_contains($answer->error, 'access denied'), $answer->error);
    }
    $server->stop();
}
$tls = Sluice\Tls::selfSigned();
foreach ([
    fn () => $tls->withClientCa('/nowhere/ca.pem', crl: '/nowhere/clients.crl', names: ['']),
    fn () => $tls->withClientCa($bob[0]),
    fn () => $tls->withClientCa($ca->file, crl: $ca->file),
    fn () => $tls->withClientCa($ca->file, names: []),
    fn () => $tls->withClientCa($ca->file, names: 7),
    fn () => $tls->withClientCa(file_get_contents($ca->file), false, null, null),
] as $call) {
    echo attempt($call), "\n";
}
$old = scratch_file('old.crl');
$other = new ClientCa('others');
$other->list($old);
$tls->withClientCa($ca->file, crl: $old);
?>
--EXPECTF--
200 O=Shop, CN=alice
bob is refused: yes
mallory is refused: yes
200 O=Shop, CN=dave
bob is refused: yes
mallory is refused: yes
Sluice\TlsException: Tls: 3 mistakes: client CA: cannot read the file "/nowhere/ca.pem": No such file or directory (os error 2); revocation list: cannot read the file "/nowhere/clients.crl": No such file or directory (os error 2); client names: "" is no name; a host name, an IP address, a mail address, a URI or a common name is one
Sluice\TlsException: Tls: client CA: number 1 (O=Shop, CN=bob) is not the certificate of a CA
Sluice\TlsException: Tls: revocation list: it holds no "-----BEGIN X509 CRL-----" and is not one in DER
Sluice\ConfigException: Tls: client names: the list is empty
Sluice\ConfigException: Tls: client names: it must be a list of strings
returned Sluice\Tls

Warning: %STls: revocation list: there is none of CN=clients, and so its clients are refused in %s on line %d
