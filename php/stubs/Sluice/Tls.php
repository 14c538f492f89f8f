<?php

namespace Sluice;

/**
 *     $server->listen('0.0.0.0:443', new Sluice\Tls('/etc/ssl/site.pem', '/etc/ssl/site.key'));
 *
 * The certificate of one listener and its ring: the encrypted bytes that a connection may hold on their way to the
 * socket. TLS 1.2 and 1.3; HTTP/2 and HTTP/1.1 by ALPN.
 */
final class Tls
{
    /**
     * @param string $certificate The certificate and its chain: PEM text, or the path of a PEM file
     * @param string $privateKey The key that belongs to it, P-256 or RSA for one: PEM text, or the path of a PEM file
     * @param int $ring Bytes per connection: 1024 to 1048576. Any body completes over any ring; a small one costs more
     *     system calls, a large one memory while the client is slow. An idle connection holds none of it
     * @throws TlsException A file cannot be read, holds no certificate or no key, or the key is another one's
     * @throws ConfigException $ring is out of bounds and nothing else is wrong
     */
    public function __construct(string $certificate, string $privateKey, int $ring = 34816) {}

    /**
     *     $server->listen('127.0.0.1:8443', Tls::selfSigned('localhost', '127.0.0.1'));
     *
     * A certificate for development, made now and signed by itself: no client trusts it unasked.
     *
     * @param mixed ...$names Host names and IP addresses; none means localhost, 127.0.0.1 and ::1
     * @throws TlsException A name is neither a host name nor an IP address
     */
    public static function selfSigned(mixed ...$names): Tls {}

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
     *     $server->listen('0.0.0.0:443', (new Tls($certificate, $key))->withEarlyData());
     *
     * A copy that takes early data (RFC 8446, section 2.3): a client that comes again sends its request with its first
     * bytes and gets the reply a round trip sooner. Handlers are called at once for GET, HEAD, OPTIONS and TRACE, all
     * else waits for the end of the handshake; see Request::isEarlyData(). Sessions are then kept in memory instead of
     * tickets: 32768 of them, up to 16 MiB that all workers share, each good for one connection, so that nothing that
     * was recorded is answered again. A reload forgets them, and other machines do not know them.
     *
     * @param int $bytes How much a client may send so: 1024 to 65536, or 0 for none. A connection holds no more of it
     * @throws ConfigException $bytes is out of bounds
     * @throws ServerException The system has no memory to share
     */
    public function withEarlyData(int $bytes = 16384): Tls {}
}
