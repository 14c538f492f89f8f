<?php

namespace Sluice;

/**
 *     $tls = (new Sluice\Tls('/etc/ssl/site.pem', '/etc/ssl/site.key'))
 *         ->with(['shop.example', '*.shop.example'], '/etc/ssl/shop.pem', '/etc/ssl/shop.key');
 *     $server->listen('0.0.0.0:443', $tls);
 *
 * The certificates of one listener, their keys, its rules, and its ring: the encrypted bytes that a connection may hold
 * on their way to the socket. TLS 1.2 and 1.3; HTTP/2 and HTTP/1.1 by ALPN. Files that change are read again while the
 * server runs. It never changes itself: each with…() is a copy.
 *
 * What is no mistake but should be known, such as a certificate that has expired or a chain out of order, is a warning.
 */
final class Tls
{
    /**
     * @param string $certificate The certificate and its chain: PEM text, or the path of a PEM file
     * @param string $privateKey The key that belongs to it, P-256, P-384, Ed25519 or RSA: PEM text, or the path of a PEM
     *     file
     * @param int $ring Bytes per connection: 1024 to 1048576. Any body completes over any ring; a small one costs more
     *     system calls, a large one memory while the client is slow. An idle connection holds none of it
     * @param ?string $ocsp The path of an OCSP response in DER, which is stapled (RFC 6066 section 8)
     * @throws TlsException A file cannot be read, holds no certificate or no key, or the key is another one's
     * @throws ConfigException $ring is out of bounds and nothing else is wrong
     */
    public function __construct(string $certificate, string $privateKey, int $ring = 34816, ?string $ocsp = null) {}

    /**
     *     Tls::modern('/etc/ssl/site.pem', '/etc/ssl/site.key')
     *
     * TLS 1.3 alone, as Mozilla's profile of that name: for clients of 2020 and later.
     *
     * @param string $certificate As for the constructor
     * @param string $privateKey As for the constructor
     * @param int $ring As for the constructor
     * @param ?string $ocsp As for the constructor
     * @throws TlsException As the constructor
     * @throws ConfigException As the constructor
     */
    public static function modern(string $certificate, string $privateKey, int $ring = 34816, ?string $ocsp = null): Tls {}

    /**
     *     Tls::intermediate('/etc/ssl/site.pem', '/etc/ssl/site.key')
     *
     * TLS 1.2 and 1.3 with suites that have forward secrecy and authenticated encryption, as Mozilla's profile of that
     * name; `new Tls()` does the same.
     *
     * @param string $certificate As for the constructor
     * @param string $privateKey As for the constructor
     * @param int $ring As for the constructor
     * @param ?string $ocsp As for the constructor
     * @throws TlsException As the constructor
     * @throws ConfigException As the constructor
     */
    public static function intermediate(string $certificate, string $privateKey, int $ring = 34816, ?string $ocsp = null): Tls {}

    /**
     *     $tls = Tls::acme('https://acme-v02.api.letsencrypt.org/directory', ['admin@shop.example'],
     *         ['shop.example', 'www.shop.example'], '/var/lib/shop/acme');
     *     $server->listen('0.0.0.0:443', $tls);
     *
     * One certificate for all names, which the server gets by itself and renews with a third of its life left, or when
     * the CA wants it: ACME (RFC 8555), proved on port 443 of each name by TLS-ALPN-01 (RFC 8737). Until the first one
     * has come, a self-signed one is served. One worker of all that share the folder does the work. To call this is to
     * agree to the CA's terms of service. docs/acme.md says what happens when.
     *
     * @param string $directory The URL of the CA's directory, https
     * @param array $contacts E-mail addresses that the CA may write to; may be empty. They are told when the account is
     *     made, and never again
     * @param array $names 1 to 100 host names, no wildcards and no IP addresses
     * @param string $storage A folder for account, keys and certificates, made with mode 0700 if it is not there; nobody
     *     but its owner may write to it
     * @param ?string $directoryCa Whom to trust at the directory instead of the system's roots: PEM text, or the path of a
     *     PEM file
     * @throws ConfigException One message with every mistake
     * @throws TlsException The certificate in the folder cannot be read, or one that is broken not replaced
     */
    public static function acme(string $directory, array $contacts, array $names, string $storage, ?string $directoryCa = null): Tls {}

    /**
     *     $server->listen('127.0.0.1:8443', Tls::selfSigned('localhost', '127.0.0.1'));
     *
     * A certificate for development, made now and signed by itself: no client trusts it unasked.
     *
     * @param mixed ...$names Host names and IP addresses; none means localhost, 127.0.0.1 and ::1
     * @throws TlsException A name is neither a host name nor an IP address
     * @throws ConfigException A name is no string
     */
    public static function selfSigned(mixed ...$names): Tls {}

    /**
     *     $tls->with('shop.example', 'shop-ecdsa.pem', 'shop-ecdsa.key')->with('shop.example', 'shop-rsa.pem', 'shop-rsa.key')
     *
     * A copy with one more certificate, for clients that ask for one of these names (SNI). A name can have one certificate
     * with an RSA key beside one with another kind of key: the client's signature schemes decide. Others are shown the
     * first certificate.
     *
     * @param mixed $names One name or a list of them: host names and wildcards, `*.shop.example`, for one label
     * @param string $certificate As for the constructor
     * @param string $privateKey As for the constructor
     * @param ?string $ocsp As for the constructor
     * @throws TlsException A name cannot be, the certificate is not for it, or it has one of this kind; what the
     *     constructor throws
     */
    public function with(mixed $names, string $certificate, string $privateKey, ?string $ocsp = null): Tls {}

    /**
     *     $tls->withStrictNames()
     *
     * A copy that refuses clients which ask for a name that no certificate is for (alert unrecognized_name). Those that
     * name none, as for an IP address, are shown the first certificate.
     *
     * @throws TlsException A file, all of which are read anew, is no longer good
     */
    public function withStrictNames(): Tls {}

    /**
     *     Tls::selfSigned()->withRing(65536)
     *
     * A copy with another ring; this one stays as it is.
     *
     * @param int $ring Bytes per connection: 1024 to 1048576
     * @throws ConfigException $ring is out of bounds
     */
    public function withRing(int $ring): Tls {}

    /**
     *     $tls->withPolicy(minimumVersion: '1.3', groups: ['X25519MLKEM768', 'X25519'], alpn: ['http/1.1'])
     *
     * A copy with other rules; what is null stays as it is.
     *
     * @param ?string $minimumVersion `1.2` (the default) or `1.3`
     * @param mixed $ciphers Cipher suites in order of preference, by their IANA names or OpenSSL's; the default is all, in
     *     the order that the client prefers
     * @param mixed $groups Groups for the key exchange that a client may choose from: X25519MLKEM768, X25519, secp256r1,
     *     secp384r1; the default is all
     * @param mixed $alpn Protocols in order of preference: h2, http/1.1
     * @throws ConfigException One message with every mistake
     * @throws TlsException A file, all of which are read anew, is no longer good
     */
    public function withPolicy(?string $minimumVersion = null, mixed $ciphers = null, mixed $groups = null, mixed $alpn = null): Tls {}

    /**
     *     $tls->withClientCa('/etc/ssl/clients-ca.pem', crl: '/etc/ssl/clients.crl', names: ['alice@example.org'])
     *
     * A copy that asks each client for a certificate, and takes those that one of these CAs has issued: the handler has
     * it as `$request->getTls()->clientCertificate`. Any other certificate ends the handshake, and so does none if one is
     * required. Files that change are read again; sessions that began under other rules or lists are not resumed.
     *
     * With $crl each certificate of a client's chain needs a list of its issuer that is in date, or it is refused.
     *
     * @param string $ca The certificates of one or more CAs: PEM text, or the path of a PEM file
     * @param bool $required Whether a client without a certificate is refused; the handler decides if not
     * @param ?string $crl Certificate revocation lists, one or more: PEM text, or the path of a file in PEM or DER; null:
     *     none is revoked
     * @param mixed $names Whose certificates are good, one name or a list of them: subject alternative names (host names
     *     and IP addresses, mail addresses, URIs), or the common name where there are none; null: all that the CAs have
     *     issued
     * @throws TlsException A file cannot be read, or holds no CA's certificate or no list
     * @throws ConfigException A name is none, or none is named, and nothing else is wrong
     */
    public function withClientCa(string $ca, bool $required = true, ?string $crl = null, mixed $names = null): Tls {}

    /**
     *     $tls->withTickets(2, getenv('TICKET_SECRET'))
     *
     * A copy with so many session tickets for a TLS 1.3 client. All workers open the tickets of each other, and so do all
     * machines that have the same secret, names and rules for clients' certificates. A ticket is good for 6 to 12 hours.
     *
     * @param int $count 0 to 8; with 0 no session is ever resumed. The default is 2
     * @param ?string $secret At least 32 bytes, kept as secret as a private key; null: one of this server's own
     * @throws ConfigException $count is out of bounds, $secret too short, or 0, more than 2 or a
     *     secret beside withEarlyData()
     * @throws TlsException A file, all of which are read anew, is no longer good
     */
    public function withTickets(int $count, ?string $secret = null): Tls {}

    /**
     *     $server->listen('0.0.0.0:443', (new Tls($certificate, $key))->withEarlyData());
     *
     * A copy that takes early data (RFC 8446, section 2.3): a client that comes again sends its request with its first
     * bytes and gets the reply a round trip sooner. Handlers are called at once for GET, HEAD, OPTIONS and TRACE, all
     * else waits for the end of the handshake; see Request::isEarlyData(). Sessions are then kept in memory instead of
     * tickets: 32768 of them, up to 16 MiB that all workers share, each good for one connection, so that nothing that
     * was recorded is answered again. A reload forgets them, and other machines do not know them.
     *
     * @param int $bytes How much a client may send so: 1024 to 65536, or 0 for none. A connection holds no more of it
     * @throws ConfigException $bytes is out of bounds, or withTickets() says 0, more than 2 or a secret
     * @throws TlsException A file, all of which are read anew, is no longer good
     * @throws ServerException The system has no memory to share
     */
    public function withEarlyData(int $bytes = 16384): Tls {}

    /**
     *     $tls->withKeyLog()
     *
     * A copy that writes the secrets of all sessions to the file that the environment variable SSLKEYLOGFILE names, for
     * Wireshark. Nothing is written where it is not set. Whoever has that file can read what was recorded on the way.
     *
     * @throws TlsException A file, all of which are read anew, is no longer good
     */
    public function withKeyLog(): Tls {}
}
