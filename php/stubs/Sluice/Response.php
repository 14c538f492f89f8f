<?php

namespace Sluice;

/**
 *     $server->handle(function (Sluice\Request $request, Sluice\Response $response) {
 *         $response->setHeader('Content-Type', 'text/csv');
 *         foreach (rows() as $row) {
 *             $response->write(implode(',', $row) . "\n");   // waits while the client is behind
 *         }
 *         $response->end();
 *     });
 *
 * The answer to one request. Status and headers can be changed until it is committed, by the first write() or by end().
 * The server owns the framing: Transfer-Encoding, Connection and Date are its business, and a declared Content-Length
 * is kept to the byte. Without a Content-Type a body is `text/html; charset=utf-8`. The server makes it; it cannot be
 * built, cloned or serialized.
 */
final class Response
{
    public function __construct() {}

    /**
     * @param int $code 200 to 599
     * @param ?string $reason The phrase that HTTP/1 sends with it; null takes the usual one
     * @return Response This response
     * @throws ConfigException $code is out of bounds, or $reason has a control character
     * @throws StateException The response is committed
     */
    public function setStatus(int $code, ?string $reason = null): Response {}

    /** The status code: 200 until it is set. */
    public function getStatus(): int {}

    /**
     *     $response->setHeader('Cache-Control', 'no-store')->setHeader('Vary', ['Accept', 'Origin']);
     *
     * Replaces a header.
     *
     * @param string|list<string> $value One line for each string
     * @return Response This response
     * @throws ConfigException The name is no token, a value has a control character such as CR or LF, Content-Length is
     *     no number, or Transfer-Encoding is not chunked
     * @throws StateException The response is committed
     */
    public function setHeader(string $name, mixed $value): Response {}

    /**
     *     $response->addHeader('Set-Cookie', 'a=1')->addHeader('Set-Cookie', 'b=2');
     *
     * Adds lines to a header.
     *
     * @param string|list<string> $value One line for each string
     * @return Response This response
     * @throws ConfigException As setHeader() does
     * @throws StateException The response is committed
     */
    public function addHeader(string $name, mixed $value): Response {}

    /**
     * @param string $name In any case; one that is not set is no error
     * @return Response This response
     * @throws ConfigException The name is no token
     * @throws StateException The response is committed
     */
    public function removeHeader(string $name): Response {}

    /** @return array<string, list<string>> The headers as the handler set them: names in lower case */
    public function getHeaders(): array {}

    /**
     * @param string $name In any case
     * @return list<string> Empty when it is not set
     */
    public function getHeader(string $name): array {}

    /** @param string $name In any case */
    public function hasHeader(string $name): bool {}

    /**
     *     $response->setHeader('Trailer', 'Checksum');
     *     foreach ($pieces as $piece) {
     *         $response->write($piece);
     *     }
     *     $response->setTrailer('Checksum', $sum)->end();
     *
     * Sets a header that is sent after the body. On HTTP/1.1 a trailer that is set after the commit must be named in
     * the Trailer header; HTTP/1.0 clients get none.
     *
     * @return Response This response
     * @throws ConfigException As setHeader() does, or the header may not be a trailer (RFC 9110 section 6.5.1)
     * @throws StateException The response has ended, or is committed on HTTP/1.1 and its Trailer header lacks the name
     */
    public function setTrailer(string $name, string $value): Response {}

    /**
     * Sends a piece of the body; the first one commits status and headers.
     *
     * Suspends the fiber while the client is behind.
     *
     * @throws ClientGoneException The client is gone
     * @throws TimeoutException The client took nothing for {@see Timeouts::$write}: the response is aborted
     * @throws StateException The response has ended, its status has no body, or the piece exceeds its Content-Length
     * @throws ServerException The server stops and its time to drain is over
     */
    public function write(string $bytes): void {}

    /**
     * As write(), but sends all or nothing and never waits.
     *
     * @return bool False: there is no room now; awaitWritable() tells when there is
     * @throws ClientGoneException The client is gone
     * @throws TimeoutException The client took nothing for {@see Timeouts::$write}: the response is aborted
     * @throws StateException The response has ended, its status has no body, or the piece exceeds its Content-Length
     * @throws ServerException The server stops and its time to drain is over
     */
    public function tryWrite(string $bytes): bool {}

    /**
     * Suspends the fiber until there is room.
     *
     * @param ?float $seconds The longest wait: 0 to a year; null waits until there is room or the response fails
     * @return bool False: the time passed first, or the response has ended
     * @throws ClientGoneException The client is gone
     * @throws TimeoutException The client took nothing for {@see Timeouts::$write}: the response is aborted
     * @throws ConfigException $seconds is out of bounds
     * @throws ServerException The server stops and its time to drain is over
     */
    public function awaitWritable(?float $seconds = null): bool {}

    /** Whether write() can still send something. False is final: ended, aborted, or the client is gone. */
    public function isWritable(): bool {}

    /**
     *     $response->end('done');
     *
     * The last piece. When nothing was written before, it is the whole body and is sent with its Content-Length.
     *
     * Does not wait for the client to take it.
     *
     * @throws ClientGoneException The client is gone
     * @throws TimeoutException The client took nothing for {@see Timeouts::$write}: the response is aborted
     * @throws StateException The response has ended before, its status has no body, or the body is not as long as its
     *     Content-Length says: one that is short is aborted
     * @throws ServerException The server stops and its time to drain is over
     */
    public function end(string $bytes = ''): void {}

    /**
     * Breaks off: HTTP/1 closes the connection, HTTP/2 resets the stream, so that the client sees a failed transfer and
     * never a short success. After the end it does nothing.
     */
    public function abort(): void {}

    /**
     *     $response->json(['id' => 7], 201);
     *
     * Sends a value as `application/json`, or the type that was set, and ends. It is encoded as json_encode() does by
     * itself, but 1.0 stays 1.0.
     *
     * @param int $status 200 to 599
     * @throws \JsonException The value cannot be encoded; nothing is sent
     * @throws ConfigException $status is out of bounds
     * @throws ClientGoneException The client is gone
     * @throws StateException The response is committed
     */
    public function json(mixed $value, int $status = 200): void {}

    /**
     *     $response->redirect('/login');
     *
     * Sends the client elsewhere and ends, without a body.
     *
     * @param int $status 300 to 399
     * @throws ConfigException $status is out of bounds, or $location has a control character such as CR or LF
     * @throws ClientGoneException The client is gone
     * @throws StateException The response is committed
     */
    public function redirect(string $location, int $status = 302): void {}

    /**
     *     $events = $response->events();
     *     while ($events->isOpen()) {
     *         $events->send(date('H:i:s'));
     *         Sluice\delay(1);
     *     }
     *
     * Makes the response a stream of server-sent events and commits it: 200, `text/event-stream`, with
     * `Cache-Control: no-cache` unless that was set and `X-Accel-Buffering: no`. From then on only the stream writes
     * to it. A HEAD request gets the head, and its stream is not open.
     *
     * @param float $keepAlive After how many seconds without an event a comment is sent, so that proxies do not take the
     *     connection for dead: 0 (never) to a year
     * @throws ConfigException $keepAlive is out of bounds
     * @throws ClientGoneException The client is gone
     * @throws StateException The response is committed, its status is not 200, or a Content-Length was set
     */
    public function events(float $keepAlive = 15.0): EventStream {}

    /**
     *     $response->sendInformational(103, ['Link' => '</app.css>; rel=preload; as=style']);
     *
     * Sends an interim response (RFC 9110 section 15.2) before the answer. An HTTP/1.0 client gets none.
     *
     * Suspends the fiber until the connection has taken it.
     *
     * @param int $status 102 to 199. 100 is sent by the server itself when the request body is read
     * @param array<string, string|list<string>> $headers Any that setHeader() takes but those of framing and connection
     * @throws ConfigException $status is out of bounds, or a header may not be sent
     * @throws ClientGoneException The client is gone
     * @throws TimeoutException The client took nothing for {@see Timeouts::$write}: the response is aborted
     * @throws StateException The response is committed
     * @throws ServerException The server stops and its time to drain is over
     */
    public function sendInformational(int $status, array $headers = []): void {}

    /**
     *     $response->setCookie('session', $id, maxAge: 86_400);
     *
     * Sets a cookie (RFC 6265bis). It takes the place of one with the same name, domain and path that this response has
     * set before.
     *
     * @param string $name A token. One that begins with `__Secure-` needs $secure; `__Host-` also the path / and no domain
     * @param string $value Any bytes: {@see Request::getCookieParams()} gives them back
     * @param ?int $expires When it ends: a Unix time. null, without $maxAge: with the browser's session
     * @param ?int $maxAge After how many seconds it ends; it counts more than $expires. Browsers keep none for more than
     *     400 days
     * @param string $path Where it is sent back to; '' leaves it to the browser
     * @param ?string $domain The host whose subdomains get it too; null: this host alone
     * @param ?bool $secure Whether it is sent over TLS only; null: if {@see Request::getScheme()} is https
     * @param bool $httpOnly Whether it is kept from scripts
     * @param ?string $sameSite 'Strict', 'Lax' or 'None', which needs $secure; null leaves it to the browser
     * @param bool $partitioned Whether each site that embeds this one gets a cookie of its own; it needs $secure
     * @return Response This response
     * @throws ConfigException Browsers would ignore the cookie; the message lists every mistake
     * @throws StateException The response is committed
     */
    public function setCookie(
        string $name,
        string $value = '',
        ?int $expires = null,
        ?int $maxAge = null,
        string $path = '/',
        ?string $domain = null,
        ?bool $secure = null,
        bool $httpOnly = true,
        ?string $sameSite = 'Lax',
        bool $partitioned = false,
    ): Response {}

    /**
     *     $response->removeCookie('session');
     *
     * Makes the browser forget a cookie. Name, path and domain must be those with which it was set.
     *
     * @return Response This response
     * @throws ConfigException As setCookie() does
     * @throws StateException The response is committed
     */
    public function removeCookie(string $name, string $path = '/', ?string $domain = null): Response {}

    /**
     *     $response->sendFile('/srv/invoices/7.pdf');
     *     $response->sendFile('/var/log/app.log', offset: $size - 4096);
     *
     * Sends a file, or a slice of it, as the whole body, and ends. A GET or HEAD for a whole file with status 200 is
     * answered as its conditions and ranges ask: with 206, 304, 412 or 416 too, with an ETag, a Last-Modified and
     * Accept-Ranges. A slice, or a file with another status, is the body as it is. Headers that were set stay: an ETag or
     * a Last-Modified of one's own is what conditions are compared with. A Content-Type that was not set comes of the
     * name's ending.
     *
     * Suspends the fiber until all of the file is handed to the connection. However large it is, about 160 KiB of it are in
     * memory, and a slow disk holds up no other request.
     *
     * @param string $path Relative paths are relative to the working directory of the process
     * @param int $offset Where the slice begins: 0 to the size of the file
     * @param ?int $length How many bytes it has: 0 to what is there; null takes the rest
     * @throws ServerException The file cannot be opened or read, is not a regular file, or open_basedir forbids it: nothing
     *     is sent. Or it became shorter while it was sent, which aborts the response; or the server stops and its time to
     *     drain is over
     * @throws ConfigException The slice is not within the file, or the path is empty or has a NUL byte; nothing is sent
     * @throws ClientGoneException The client is gone
     * @throws TimeoutException The client took nothing for {@see Timeouts::$write}: the response is aborted
     * @throws StateException The response is committed, or another fiber sends a file with it
     */
    public function sendFile(string $path, int $offset = 0, ?int $length = null): void {}

    /**
     *     $response->setContentDisposition('Übersicht 2025.pdf')->sendFile($path);
     *
     * Sets Content-Disposition (RFC 6266): the client saves the body under this name, or shows it if the type is `inline`.
     * A name that is not plain ASCII is sent in both forms that clients know. Slashes and backslashes in it become `_`.
     *
     * @param string $filename In UTF-8
     * @param string $type `attachment` or `inline`
     * @return Response This response
     * @throws ConfigException The name is empty, is not UTF-8 or has a control character, or the type is no token
     * @throws StateException The response is committed
     */
    public function setContentDisposition(string $filename, string $type = 'attachment'): Response {}

    /** Whether status and headers are fixed. */
    public function isCommitted(): bool {}

    /** Whether the last word was said: by end(), abort() or a failure. */
    public function isEnded(): bool {}
}
