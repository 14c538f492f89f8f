"""A ClientHello, made by hand so that each part of it can be wrong (RFC 8446 section 4.1.2, RFC 5246 section 7.4.1.2)."""

import os
import struct

SERVER_NAME, GROUPS, SIGNATURES, ALPN, EMS, VERSIONS, KEY_SHARE = 0, 10, 13, 16, 23, 43, 51
X25519, P256 = 0x001D, 0x0017
TLS12_SUITES = (0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8)
TLS13_SUITES = (0x1301, 0x1302, 0x1303)


def vector(width, content):
    """`content` after its length in `width` bytes."""
    return len(content).to_bytes(width, "big") + content


def numbers(values, width=2):
    return b"".join(value.to_bytes(width, "big") for value in values)


def extension(kind, content):
    return struct.pack("!H", kind) + vector(2, content)


def share(group, key):
    return struct.pack("!H", group) + vector(2, key)


def server_name(name=b"localhost"):
    return vector(2, b"\0" + vector(2, name))


def alpn(*names):
    return vector(2, b"".join(vector(1, name) for name in names))


def extensions13():
    return {
        SERVER_NAME: server_name(),
        GROUPS: vector(2, numbers([X25519, P256])),
        SIGNATURES: vector(2, numbers([0x0403, 0x0804, 0x0401])),
        ALPN: alpn(b"http/1.1"),
        VERSIONS: vector(1, numbers([0x0304])),
        # A key of X25519 is any 32 bytes; these are the base point.
        KEY_SHARE: vector(2, share(X25519, bytes([9]) + bytes(31))),
    }


def extensions12():
    said = extensions13()
    del said[VERSIONS], said[KEY_SHARE]
    return said | {EMS: b"", 11: vector(1, b"\0")}


def body(version=0x0303, session=b"", suites=TLS13_SUITES, compressions=b"\0", extensions=None, more=b""):
    """`extensions` is a dict, or their bytes with their length."""
    if extensions is None:
        extensions = extensions13()
    if isinstance(extensions, dict):
        extensions = vector(2, b"".join(extension(kind, content) for kind, content in extensions.items()))
    head = struct.pack("!H", version) + os.urandom(32) + vector(1, session)
    return head + vector(2, numbers(suites)) + vector(1, compressions) + extensions + more


def message(kind, content):
    return bytes([kind]) + vector(3, content)


def hello(**parts):
    return message(1, body(**parts))


def record(kind, content, version=0x0301):
    return struct.pack("!BH", kind, version) + vector(2, content)


def records(content, size):
    """A handshake message cut into records of `size` bytes."""
    return b"".join(record(22, content[at:at + size]) for at in range(0, len(content), size))
