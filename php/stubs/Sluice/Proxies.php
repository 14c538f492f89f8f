<?php

namespace Sluice;

/**
 *     // nginx on this machine, with proxy_set_header X-Forwarded-For and its like
 *     $server->listen('127.0.0.1:8080', proxies: new Sluice\Proxies(['127.0.0.1'], headers: 'x-forwarded'));
 *     // a balancer that passes TCP on, with proxy protocol v1 or v2
 *     $server->listen('0.0.0.0:443', $tls, new Sluice\Proxies(['10.0.0.0/8'], protocol: 'required'));
 *
 * The proxies in front of a listener, and what they are believed about the client: {@see Request::getRemoteAddress()},
 * {@see Request::getRemotePort()}, {@see Request::getScheme()} and {@see Request::getHost()} say it then. What comes from
 * anybody else changes none of them.
 */
final class Proxies
{
    /**
     * @param array<string> $trusted Who is believed: networks such as `10.0.0.0/8` and `2001:db8::/32`, addresses such as
     *     `192.0.2.1` and `::1`, and `unix` for the clients of a unix socket. At least one
     * @param ?string $protocol Whether their connections begin with a header of the PROXY protocol, version 1 or 2:
     *     'required' closes those without one, and those of everybody who is not trusted; 'optional' takes both, by their
     *     first bytes; null: they do not. It comes within {@see Timeouts::$handshake}, has 4096 bytes at most, and tells
     *     whose connection counts for {@see Limits::$connectionsPerAddress}
     * @param ?string $headers Which headers tell of the client: 'forwarded' is Forwarded (RFC 7239), 'x-forwarded' is
     *     X-Forwarded-For, -Proto, -Host and -Port; null: none do. They are read from the end: whoever is trusted is
     *     believed about the one before, and the first that is not trusted is the client
     * @throws ConfigException A network is none or has bits beyond its prefix, a word is another one, nobody is trusted, or
     *     both $protocol and $headers are null; the message lists every mistake
     */
    public function __construct(array $trusted, ?string $protocol = null, ?string $headers = null) {}
}
