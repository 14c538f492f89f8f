<?php

namespace Sluice;

/**
 *     $request->getTls()?->version   // "TLSv1.3", or null on a plain connection
 *
 * What a TLS handshake agreed on. The server makes it; it cannot be built, cloned or serialized.
 */
final class TlsInfo
{
    /** `TLSv1.2` or `TLSv1.3`. */
    public readonly string $version;

    /** The cipher suite, such as `TLS13_AES_128_GCM_SHA256`. */
    public readonly string $cipher;

    /** The protocol chosen by ALPN, `h2` or `http/1.1`; null when the client offered none. */
    public readonly ?string $alpn;

    /** The host name that the client asked for (SNI); null when it named none. */
    public readonly ?string $serverName;

    /** The certificate by which the client has shown who it is; null when none was asked for, or none shown. */
    public readonly ?ClientCertificate $clientCertificate;

    private function __construct() {}
}
