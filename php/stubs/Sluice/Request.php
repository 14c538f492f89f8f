<?php

namespace Sluice;

/**
 *     $server->handle(function (Sluice\Request $request) {
 *         $name = $request->getQueryParams()['name'] ?? 'world';
 *         return "Hello, $name: {$request->getMethod()} {$request->getPath()}\n";
 *     });
 *
 * What the client asked for. The names are those of PSR-7. The server makes it; it cannot be built, cloned or
 * serialized.
 */
final class Request
{
    public function __construct() {}

    /** The method as the client wrote it, such as `GET`; case matters. */
    public function getMethod(): string {}

    /** The target as the client wrote it, such as `/search?q=a%20b`. */
    public function getRequestTarget(): string {}

    /** The target's path, decoded once: `/a b` for `/a%20b?q`. */
    public function getPath(): string {}

    /** `https` over TLS, else `http`; where one of {@see Proxies} is believed, what it has told. */
    public function getScheme(): string {}

    /**
     * The host that the client asked for, with its port if it named one; empty when it named none. Where one of
     * {@see Proxies} is believed, what it has told.
     */
    public function getHost(): string {}

    /** `1.0`, `1.1` or `2`. */
    public function getProtocolVersion(): string {}

    /**
     * @return array<string, list<string>> All headers: names in lower case, values in the order in which they came
     */
    public function getHeaders(): array {}

    /**
     * @param string $name In any case
     * @return list<string> One value for each line of this name; empty when there is none
     */
    public function getHeader(string $name): array {}

    /** @param string $name In any case */
    public function hasHeader(string $name): bool {}

    /**
     * The values of a header, joined by `, ` (Cookie by `; `); empty when there is none.
     *
     * @param string $name In any case
     */
    public function getHeaderLine(string $name): string {}

    /**
     * The query as parse_str() reads it: `a=1&b[]=2` is `['a' => '1', 'b' => ['2']]`.
     *
     * @return array<array-key, mixed>
     */
    public function getQueryParams(): array {}

    /**
     * The cookies, with values as in `$_COOKIE`: percent-decoded, quotes kept. Names are as they were sent: `a.b` and
     * `a[x]` are not changed to `a_b` and an array. Of two with one name the first counts.
     *
     * @return array<array-key, string>
     */
    public function getCookieParams(): array {}

    /**
     *     $name = $request->getParsedBody()['name'] ?? '';
     *
     * The fields of a form, as $_POST would show them, be it `application/x-www-form-urlencoded` or
     * `multipart/form-data`; null when the body is no form. The same again when called again.
     *
     * Suspends the fiber until the whole form is here. Its files are kept meanwhile, as {@see Uploads} says.
     *
     * @return ?array<array-key, mixed>
     * @throws BodyTooLargeException It is larger than {@see Limits::$body}, or past a limit of {@see Uploads}
     * @throws BadRequestException It is no multipart body, breaks off, or a part has broken headers
     * @throws StateException The body is read in another way already, or the request is over
     * @throws ClientGoneException The client broke off
     * @throws TimeoutException Nothing came for {@see Timeouts::$body}
     * @throws ServerException A file cannot be kept, or the server stops and its time to drain is over
     */
    public function getParsedBody(): ?array {}

    /**
     *     foreach ($request->getUploadedFiles()['photos'] ?? [] as $photo) {
     *         $photo->moveTo("$folder/" . bin2hex(random_bytes(8)));
     *     }
     *
     * The files of a form, nested as the names of its fields say; empty when there are none, or the body is no form.
     *
     * Suspends and throws as getParsedBody(): either can be called first.
     *
     * @return array<array-key, mixed> Of {@see UploadedFile}, or arrays of them
     * @throws BodyTooLargeException
     * @throws BadRequestException
     * @throws StateException
     * @throws ClientGoneException
     * @throws TimeoutException
     * @throws ServerException
     */
    public function getUploadedFiles(): array {}

    /**
     *     foreach ($request->getParts() as $part) {
     *         while (($piece = $part->read()) !== null) {
     *             hash_update($hash, $piece);
     *         }
     *     }
     *
     * The parts of a body of any `multipart` type, one by one as they arrive. Nothing is kept: what is not read holds the
     * client back. The limits of {@see Uploads} count for {@see Part::getContents()} alone.
     *
     * @throws BadRequestException The body is not multipart, or has no boundary
     * @throws StateException The body is read in another way already, or the request is over
     */
    public function getParts(): Parts {}

    /**
     * The whole body, less what read() has taken; the same again when called again.
     *
     * Suspends the fiber until it is here. getParsedBody() works after it, if read() was not called before it.
     *
     * @throws BodyTooLargeException It is larger than {@see Limits::$body}, as it came or inflated
     * @throws BadRequestException Its chunks are malformed, or it is not what its Content-Encoding says
     * @throws StateException The body is read as a form or in parts already
     * @throws ClientGoneException The client broke off
     * @throws TimeoutException Nothing came for {@see Timeouts::$body}
     * @throws ServerException The server stops and its time to drain is over
     */
    public function getBody(): string {}

    /**
     *     while (($piece = $request->read()) !== null) {
     *         hash_update($hash, $piece);
     *     }
     *
     * The next piece of the body; null at its end. What is not read holds the client back.
     *
     * Suspends the fiber until a piece is here.
     *
     * @param int $max Most bytes to return, at least 1
     * @throws BodyTooLargeException It is larger than {@see Limits::$body}, as it came or inflated
     * @throws BadRequestException Its chunks are malformed, or it is not what its Content-Encoding says
     * @throws ClientGoneException The client broke off
     * @throws TimeoutException Nothing came for {@see Timeouts::$body}
     * @throws ConfigException $max is less than 1
     * @throws StateException The body is read as a form or in parts already
     * @throws ServerException The server stops and its time to drain is over
     */
    public function read(int $max = 65536): ?string {}

    /** The body's length in bytes as the client declared it; null when it did not, and for a body that is inflated. */
    public function getContentLength(): ?int {}

    /** @return array<string, list<string>> What came after the body; empty until all of it was read, or without any */
    public function getTrailers(): array {}

    /**
     * The client's IP address; empty on a unix socket. Where one of {@see Proxies} is believed, what it has told: empty if
     * it does not know.
     */
    public function getRemoteAddress(): string {}

    /** The client's port; 0 on a unix socket, and where one of {@see Proxies} has told an address alone. */
    public function getRemotePort(): int {}

    /**
     * The address that the client reached, such as `tcp://127.0.0.1:8080` or `unix:///run/app.sock`; the proxy's where a
     * header of the PROXY protocol tells it.
     */
    public function getLocalAddress(): string {}

    /**
     *     if ($request->isEarlyData() && !$cheap) return $response->setStatus(425)->end();
     *
     * Whether the handler was called before the TLS handshake was complete, for what the client sent along with its
     * first bytes: see Tls::withEarlyData(). It does not change when the handshake is complete later. Only GET, HEAD,
     * OPTIONS and TRACE are ever early; a client is asked by status 425 to send such a request again, later. The
     * header Early-Data (RFC 8470) has nothing to do with it: believe that of a proxy of yours alone.
     */
    public function isEarlyData(): bool {}

    /** What the TLS handshake agreed on; null on a plain connection. */
    public function getTls(): ?TlsInfo {}
}
