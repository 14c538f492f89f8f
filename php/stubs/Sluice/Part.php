<?php

namespace Sluice;

/**
 *     while (($piece = $part->read()) !== null) {
 *         $archive->append($piece);
 *     }
 *
 * One part of a multipart body. It can be read until the iteration moves on.
 */
final class Part
{
    public function __construct() {}

    /** The name of the field; null when the part has none. */
    public function getName(): ?string {}

    /** The name that the client gave a file, without a path; null for a part that is none, or has none. */
    public function getClientFilename(): ?string {}

    /** The type that the client stated, without parameters; null when it stated none. */
    public function getClientMediaType(): ?string {}

    /** @return array<string, list<string>> Names in lower case, values in the order in which they came */
    public function getHeaders(): array {}

    /**
     * The next piece of the part; null at its end. What is not read holds the client back.
     *
     * Suspends the fiber until a piece is here.
     *
     * @param int $max Most bytes to return, at least 1
     * @throws BodyTooLargeException The body is larger than {@see Limits::$body}
     * @throws BadRequestException The body is no multipart body, or breaks off
     * @throws StateException The iteration has moved on, or the request is over
     * @throws ClientGoneException The client broke off
     * @throws TimeoutException Nothing came for {@see Timeouts::$body}
     * @throws ConfigException $max is less than 1
     * @throws ServerException The server stops and its time to drain is over
     */
    public function read(int $max = 65536): ?string {}

    /**
     * The part, less what read() has taken. Suspends and throws as read().
     *
     * @throws BodyTooLargeException It is larger than {@see Uploads}' fieldSize too: take it by read()
     * @throws BadRequestException
     * @throws StateException
     * @throws ClientGoneException
     * @throws TimeoutException
     * @throws ServerException
     */
    public function getContents(): string {}
}
