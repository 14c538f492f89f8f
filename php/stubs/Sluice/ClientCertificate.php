<?php

namespace Sluice;

/**
 *     $request->getTls()?->clientCertificate?->names   // ["alice@example.org"]
 *
 * The certificate by which a client has shown who it is, on a listener with Tls::withClientCa(). It was good when the
 * connection began. The server makes it; it cannot be built, cloned or serialized.
 *
 * Whom to let in is decided by $names, $fingerprint, or $issuer with $serial: the text of $subject is for people, and
 * two subjects can have the same.
 */
final class ClientCertificate
{
    /** Whom it is for, such as `C=CH, O=Shop, CN=alice`. */
    public readonly string $subject;

    /** The CA that has signed it, in the same form. */
    public readonly string $issuer;

    /** @var list<string> Its subject alternative names: host names in lower case, IP addresses, mail addresses, URIs */
    public readonly array $names;

    /** Its serial number: hexadecimal digits in lower case. */
    public readonly string $serial;

    /** The SHA-256 of the whole certificate: 64 hexadecimal digits in lower case. */
    public readonly string $fingerprint;

    /** Since when it is valid, in seconds of unix time. */
    public readonly int $notBefore;

    /** Until when it is valid, in seconds of unix time. */
    public readonly int $notAfter;

    private function __construct() {}

    /** The certificate as PEM text, as openssl_x509_read() takes it; made anew with each call. */
    public function getPem(): string {}
}
