"""First flights: no TLS at all, records and ClientHellos that are wrong, and such that are only cut finely."""

from case import Case
from client import LAST, play, play_bytes
from hello import *

HANDSHAKE, ALERT, CCS, DATA = 22, 21, 20, 23

# RFC 8446 section 6.2. rustls parses a whole message before it looks at what it means.
DECODE = {"decode_error", "illegal_parameter"}


def sends(name, ends, *pieces, **how):
    return Case(name, set(ends), lambda target: play_bytes(target, pieces, **how))


def says(name, ends, **parts):
    return sends(f"ClientHello: {name}", ends, records(hello(**parts), 16384))


def without(kind, extensions=extensions13):
    return {key: value for key, value in extensions().items() if key != kind}


def with_(kind, content, extensions=extensions13):
    return extensions() | {kind: content}


GOOD = hello()
TRUNCATED = record(HANDSHAKE, GOOD)[:60]

CASES = [
    # What is no TLS record.
    sends("plain HTTP", {"decode_error", "unexpected_message", "close"}, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    sends("an SSH greeting", {"decode_error", "unexpected_message", "close"}, b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"),
    sends("an SSLv2 ClientHello", {"decode_error", "unexpected_message", "close"},
          bytes.fromhex("802e0100020015000000100100800200800600400400800700c0080080") + bytes(19)),
    sends("a record of unknown type", {"decode_error", "unexpected_message"}, record(99, GOOD)),
    sends("a record of version 5.5", {"decode_error", "protocol_version"}, record(HANDSHAKE, GOOD, 0x0505)),
    sends("a record of 65,535 bytes", {"record_overflow", "decode_error"}, record(HANDSHAKE, bytes(65535))),
    sends("a record of 16,385 plain bytes", {"record_overflow", "decode_error", "unexpected_message"},
          record(HANDSHAKE, GOOD + bytes(16385 - len(GOOD)))),
    sends("an empty handshake record", {"decode_error", "unexpected_message"}, record(HANDSHAKE, b""), record(HANDSHAKE, GOOD)),
    sends("100,000 empty handshake records", {"decode_error", "unexpected_message", "reset"}, record(HANDSHAKE, b"") * 100_000),
    # What comes before a ClientHello.
    sends("data first", {"unexpected_message", "decode_error"}, record(DATA, b"hello")),
    sends("ChangeCipherSpec first", {"unexpected_message"}, record(CCS, b"\1")),
    sends("100 ChangeCipherSpec first", {"unexpected_message"}, record(CCS, b"\1") * 100),
    sends("a ChangeCipherSpec of 2", {"unexpected_message", "decode_error", "illegal_parameter"}, record(CCS, b"\2")),
    sends("a fatal alert first", {"close", "reset"}, record(ALERT, b"\2\x28")),
    sends("an alert of one byte first", {"decode_error"}, record(ALERT, b"\2")),
    sends("an alert of an unknown level", {"decode_error", "illegal_parameter", "close"}, record(ALERT, b"\7\x28")),
    sends("100 warnings first", {"unexpected_message", "decode_error", "close"}, record(ALERT, b"\1\x5a") * 100),
    sends("ServerHello first", {"unexpected_message", "decode_error"}, record(HANDSHAKE, message(2, body()))),
    sends("Finished first", {"unexpected_message"}, record(HANDSHAKE, message(20, bytes(32)))),
    sends("a message of unknown type first", {"unexpected_message", "decode_error"}, record(HANDSHAKE, message(199, bytes(32)))),
    # Messages that never end, and clients that go or fall silent.
    sends("a message of 16 MiB", {"decode_error", "close", "reset"},
          record(HANDSHAKE, b"\1\xff\xff\xff" + bytes(16000)), record(HANDSHAKE, bytes(16000)) * 100),
    sends("half a record, then the end", {"close", "decode_error", "unexpected_message"}, TRUNCATED, half_closes=True),
    sends("half a record, then gone", {"left"}, TRUNCATED, closes=True),
    sends("half a record, then silence", {"close"}, TRUNCATED),
    sends("nothing", {"close"}),
    sends("nothing but the end", {"close"}, half_closes=True),
    # A ClientHello that does not parse.
    says("bytes after the end", DECODE, more=b"\0"),
    says("a session id of 33 bytes", DECODE, session=bytes(33)),
    says("no cipher suites", DECODE | {"handshake_failure"}, suites=()),
    says("no compression", DECODE, compressions=b""),
    says("extensions longer than the message", DECODE, extensions=b"\xff\xff" + bytes(10)),
    says("an extension longer than the rest", DECODE, extensions=vector(2, b"\0\x0a\xff\xff\0\0")),
    says("an extension twice", DECODE, extensions=vector(2, extension(EMS, b"") * 2)),
    says("half an extension", DECODE, extensions=vector(2, b"\0")),
    says("groups of an odd length", DECODE, extensions=with_(GROUPS, vector(2, b"\0\x1d\0"))),
    says("an empty list of groups", DECODE | {"handshake_failure"}, extensions=with_(GROUPS, vector(2, b""))),
    says("an empty server name", DECODE, extensions=with_(SERVER_NAME, server_name(b""))),
    says("an empty list of server names", DECODE, extensions=with_(SERVER_NAME, vector(2, b""))),
    says("an empty ALPN list", DECODE, extensions=with_(ALPN, vector(2, b""))),
    says("an empty ALPN name", DECODE, extensions=with_(ALPN, alpn(b""))),
    says("an empty list of versions", DECODE | {"protocol_version"}, extensions=with_(VERSIONS, vector(1, b""))),
    says("a key share cut short", DECODE, extensions=with_(KEY_SHARE, vector(2, b"\0\x1d\0\x20" + bytes(10)))),
    # A ClientHello that asks for what there is not.
    says("SSL 3.0", {"protocol_version", "handshake_failure"}, version=0x0300, suites=TLS12_SUITES,
         extensions=b""),
    says("TLS 1.0", {"protocol_version"}, version=0x0301, suites=TLS12_SUITES, extensions=extensions12()),
    says("TLS 1.1", {"protocol_version"}, version=0x0302, suites=TLS12_SUITES, extensions=extensions12()),
    says("versions that nobody knows", {"protocol_version"}, extensions=with_(VERSIONS, vector(1, numbers([0x0a0a, 0x0305])))),
    says("unknown cipher suites", {"handshake_failure"}, suites=(0x0a0a, 0x1399)),
    says("TLS 1.2 with export ciphers", {"handshake_failure"}, suites=(0x0003, 0x0006, 0x0014), extensions=extensions12()),
    says("TLS 1.2 with RSA key exchange", {"handshake_failure"}, suites=(0x009C, 0x002F), extensions=extensions12()),
    says("compression", {"illegal_parameter", "decode_error"}, compressions=b"\1"),
    Case("ClientHello: ALPN that is not spoken, TLS 1.2", {"no_application_protocol"}, lambda target: play(target, (3, 3), alpn=[b"spdy/3"])),
    Case("ClientHello: ALPN that is not spoken, TLS 1.3", {"no_application_protocol"}, lambda target: play(target, (3, 4), alpn=[b"spdy/3"])),
    says("groups that are not spoken", {"handshake_failure"}, extensions=with_(GROUPS, vector(2, numbers([0x0a0a, 0x0019])))),
    says("no groups", {"missing_extension", "handshake_failure"}, extensions=without(GROUPS)),
    says("no key share", {"missing_extension", "handshake_failure"}, extensions=without(KEY_SHARE)),
    says("no signature algorithms", {"missing_extension", "handshake_failure"}, extensions=without(SIGNATURES)),
    says("TLS 1.2 and no signature algorithm that fits", {"handshake_failure"}, suites=TLS12_SUITES,
         extensions=with_(SIGNATURES, vector(2, numbers([0x0201])), extensions12)),
    says("a pre-shared key that is not the last", {"illegal_parameter"},
         extensions={41: vector(2, b"\0\1x" + bytes(4)) + vector(2, vector(1, bytes(32))), 45: vector(1, b"\1")} | extensions13()),
    # A key share that is no key.
    says("an X25519 share of zeros", {"illegal_parameter"}, extensions=with_(KEY_SHARE, vector(2, share(X25519, bytes(32))))),
    says("an X25519 share of 31 bytes", {"illegal_parameter"}, extensions=with_(KEY_SHARE, vector(2, share(X25519, bytes(31))))),
    says("a P-256 share off the curve", {"illegal_parameter"},
         extensions=with_(KEY_SHARE, vector(2, share(P256, b"\4" + b"\1" * 64))) | {GROUPS: vector(2, numbers([P256]))}),
    says("two shares of a group", {"illegal_parameter", "decode_error"},
         extensions=with_(KEY_SHARE, vector(2, share(X25519, b"\1" * 32) * 2))),
    # What may come again after a HelloRetryRequest, and what may not.
    sends("HelloRetryRequest, then the same again", {"illegal_parameter", "unexpected_message"},
          *[record(HANDSHAKE, hello(extensions=with_(KEY_SHARE, vector(2, b""))))] * 2),
    sends("HelloRetryRequest, then silence", {"close"}, record(HANDSHAKE, hello(extensions=with_(KEY_SHARE, vector(2, b""))))),
    sends("two ClientHellos", {"unexpected_message", "encrypted", "bad_record_mac"}, record(HANDSHAKE, GOOD) * 2),
    # What is only cut finely must work.
    Case("ClientHello in records of one byte, TLS 1.3", {"close_notify"}, lambda target: asks(target, 4, 1), 1),
    Case("ClientHello in records of one byte, TLS 1.2", {"close_notify"}, lambda target: asks(target, 3, 1), 1),
    Case("ClientHello in records of three bytes", {"close_notify"}, lambda target: asks(target, 4, 3), 1),
    Case("each byte by itself, TLS 1.3", {"close_notify"}, lambda target: asks(target, 4, None, step=1), 1),
    Case("each byte by itself, TLS 1.2", {"close_notify"}, lambda target: asks(target, 3, None, step=1), 1),
]


def asks(target, minor, size, step=None):
    def cut(number, whole):
        if size is None or number > 0:
            return whole
        return b"".join(whole[:3] + vector(2, whole[at:at + size]) for at in range(5, len(whole), size))

    def ask(client):
        client.write(LAST)
        client.reply()

    return play(target, (3, minor), ask, change=cut, step=step)
