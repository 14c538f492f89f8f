<?php

namespace Sluice;

/**
 *     foreach ($request->getParts() as $part) {
 *         echo $part->getName(), ': ', strlen($part->getContents()), "\n";
 *     }
 *
 * The parts of a multipart body as they arrive; they can be gone through once. To move on throws away what of a part was
 * not read. Every method may suspend the fiber until the next part is here, and throws what {@see Part::read()} throws.
 */
final class Parts implements \Iterator
{
    public function __construct() {}

    /** The present part; null behind the last. */
    public function current(): ?Part {}

    /** The number of the present part, counted from 0. */
    public function key(): int {}

    public function next(): void {}

    /** @throws StateException The first part is gone */
    public function rewind(): void {}

    public function valid(): bool {}
}
