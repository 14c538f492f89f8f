<?php

namespace Sluice;

/**
 *     $photo = $request->getUploadedFiles()['photo'] ?? null;
 *     if ($photo?->getError() === UPLOAD_ERR_OK) {
 *         $photo->moveTo('/srv/photos/' . bin2hex(random_bytes(8)));
 *     }
 *
 * One file of a form. The names are those of PSR-7. It belongs to its request: what was not moved is gone when the request
 * is over, however that ends, and every method throws StateException then.
 */
final class UploadedFile
{
    public function __construct() {}

    /**
     *     $header = fread($photo->getStream(), 16);
     *
     * A new stream over the content, at its beginning: for reading, and to be sought in.
     *
     * @return resource
     * @throws StateException There is no file (see getError()), it was moved, or the request is over
     * @throws ServerException The operating system refuses
     */
    public function getStream(): mixed {}

    /**
     * Gives the file this name, once. A file that has the name is replaced, in one step: who reads it sees the old one or
     * the new one. Its permissions are those of a new file, 0666 less the umask.
     *
     * Suspends the fiber until it is done; where the name is on another file system the content is copied meanwhile.
     *
     * @param string $targetPath In a folder that exists; a relative path starts from the working directory
     * @throws StateException There is no file (see getError()), it was moved already, or the request is over
     * @throws ServerException It cannot be moved there, or open_basedir does not allow it. It can be moved elsewhere then
     * @throws ConfigException The path is empty or holds a NUL byte
     */
    public function moveTo(string $targetPath): void {}

    /** @throws StateException The request is over */
    public function getSize(): ?int {}

    /**
     * UPLOAD_ERR_OK, or UPLOAD_ERR_NO_FILE for an input that was left empty. What else can go wrong throws.
     *
     * @throws StateException The request is over
     */
    public function getError(): int {}

    /**
     * The name that the client gave, without a path; null when it gave none. It is the client's word: no path should be
     * made of it.
     *
     * @throws StateException The request is over
     */
    public function getClientFilename(): ?string {}

    /**
     * The type that the client stated, without parameters; null when it stated none.
     *
     * @throws StateException The request is over
     */
    public function getClientMediaType(): ?string {}
}
