<?php

namespace Sluice;

/**
 *     $server->handle(function (Sluice\Request $request, Sluice\Response $response) {
 *         $events = $response->events();
 *         $next = 1 + (int) $events->getLastEventId();
 *         while ($events->isOpen()) {
 *             $events->send(json_encode(news($next)), event: 'news', id: (string) $next++);
 *             Sluice\delay(1);
 *         }
 *     });
 *
 * A stream of server-sent events (WHATWG HTML, section 9.2), for the browser's EventSource. The stream ends when the
 * handler returns; a browser then connects again. {@see Response::events()} gives it; it cannot be built, cloned or
 * serialized.
 */
final class EventStream
{
    public function __construct() {}

    /**
     *     $events->send('42', event: 'price', id: 'p-17');
     *
     * Sends an event at once.
     *
     * Suspends the fiber while the client is behind.
     *
     * @param string $data UTF-8; may have several lines, and each of CR, LF and CRLF arrives as LF
     * @param ?string $event The type that addEventListener() names; null is `message`
     * @param ?string $id What the client sends back when it connects again; '' makes it forget the last one
     * @param ?int $retry After how many milliseconds it connects again: 0 or more
     * @throws ConfigException $event or $id has a line break, $id a NUL, or $retry is negative: every mistake is listed
     * @throws ClientGoneException The client is gone, or has asked for the head alone (HEAD)
     * @throws TimeoutException The client took nothing for {@see Timeouts::$write}: the stream is aborted
     * @throws StateException The stream has ended
     * @throws ServerException The server stops and its time to drain is over
     */
    public function send(string $data, ?string $event = null, ?string $id = null, ?int $retry = null): void {}

    /**
     * Sends a line that clients skip.
     *
     * Suspends the fiber while the client is behind.
     *
     * @throws ConfigException $text has a line break
     * @throws ClientGoneException The client is gone, or has asked for the head alone (HEAD)
     * @throws TimeoutException The client took nothing for {@see Timeouts::$write}: the stream is aborted
     * @throws StateException The stream has ended
     * @throws ServerException The server stops and its time to drain is over
     */
    public function comment(string $text = ''): void {}

    /**
     * Whether there is somebody to send to. False is final: the stream has ended, the client is gone or has asked for
     * the head alone, or the server drains. While it drains send() still works, until its time to drain is over.
     */
    public function isOpen(): bool {}

    /** The id of the last event that the client has got on a connection before this one; null when it is its first. */
    public function getLastEventId(): ?string {}

    /** Ends the stream. After its end it does nothing. */
    public function close(): void {}
}
