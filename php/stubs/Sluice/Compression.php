<?php

namespace Sluice;

/**
 *     new Sluice\Server(compression: new Sluice\Compression());
 *     new Sluice\Server(compression: new Sluice\Compression(codings: ['gzip'], types: ['text/*', 'application/json']));
 *
 * Which responses are compressed, and how. A response is if its client accepts one of the codings, its Content-Type is
 * one of the types, and its body is long enough; it gets Content-Encoding, and a strong ETag turns weak. It gets
 * `Vary: Accept-Encoding` whenever it could have been. What a handler has coded, or forbids to transform by
 * Cache-Control, stays as it is, and so do 204, 205, 206, 304 and ranges.
 */
final class Compression
{
    /**
     * @param array<string> $codings Those in use, of 'zstd', 'br' and 'gzip': the first wins where a client likes several
     *     equally. None compresses nothing
     * @param int $minSize Least length of a body in bytes, where it is known: 0 to 1073741824
     * @param ?array<string> $types Media types, as 'application/json', 'text/*' or 'application/*+json'. null: text, JSON,
     *     JavaScript, XML, SVG, WebAssembly and others that shrink
     * @param int $gzipLevel 1 to 9: fast to small
     * @param int $brotliLevel 1 to 6: fast to small
     * @param int $zstdLevel 1 to 12: fast to small
     * @param bool $events Whether text/event-stream is compressed too
     * @throws ConfigException One message that names every value that is out of bounds or unknown
     */
    public function __construct(
        array $codings = ['zstd', 'br', 'gzip'],
        int $minSize = 1024,
        ?array $types = null,
        int $gzipLevel = 6,
        int $brotliLevel = 4,
        int $zstdLevel = 3,
        bool $events = false,
    ) {}
}
