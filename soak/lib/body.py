"""Bodies whose every byte depends on its position, so that lost, doubled or reordered pieces show in the hash."""

import functools
import hashlib

BLOCK = 64
_made = bytearray()


def of(length):
    """The first `length` bytes: the SHA-512 of 0, of 1, of 2 ... as numbers of 64 bits. soak/server.php makes the same."""
    while len(_made) < length:
        _made.extend(hashlib.sha512((len(_made) // BLOCK).to_bytes(8, "big")).digest())
    return bytes(_made[:length])


@functools.cache
def sha256(length):
    return hashlib.sha256(of(length)).digest()


def wrong(got, length):
    """None if `got` is the body of that length; else what is wrong with it, and where."""
    if len(got) == length and hashlib.sha256(got).digest() == sha256(length):
        return None
    wanted = of(length)
    place = next((at for at, (a, b) in enumerate(zip(got, wanted)) if a != b), min(len(got), length))
    if place == len(got) < length:
        return f"short body: {len(got)} of {length} bytes"
    return f"wrong body: from byte {place} of {length}, {len(got)} came"
