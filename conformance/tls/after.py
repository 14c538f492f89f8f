"""What comes after a good handshake: records, alerts, key updates, renegotiations and ends that are wrong."""

import socket

from tlslite.messages import Message

from case import Case
from client import LAST, REQUEST, play
from hello import TLS12_SUITES, extensions12, hello, message, record

HANDSHAKE, ALERT, CCS, DATA, HEARTBEAT = 22, 21, 20, 23, 24
TLS12, TLS13 = (3, 3), (3, 4)
BAD_MAC = {"bad_record_mac", "decrypt_error"}
# Of some mistakes rustls says nothing: the connection is closed without an alert, or reset while more comes.
UNSAID = {"close", "reset"}
RENEGOTIATION = hello(suites=TLS12_SUITES, extensions=extensions12())


def case(version, name, ends, *acts, replies=1, **how):
    """A request is answered first; then the acts follow."""
    def act(client):
        client.write(REQUEST)
        client.reply()
        for do in acts:
            if (end := do(client)):
                return end
        return None

    label = "TLS 1.2" if version == TLS12 else "TLS 1.3"
    return Case(f"{label}: {name}", set(ends), lambda target: play(target, version, act, **how), replies)


def both(name, ends, *acts, **how):
    return [case(version, name, ends, *acts, **how) for version in (TLS12, TLS13)]


def put(kind, content, times=1):
    def act(client):
        for _ in range(times):
            client.put(kind, content)
    return act


def raw(content):
    """Bytes that are not encrypted."""
    return lambda client: client.sock.socket.sock.sendall(content)


def spoilt(change):
    """The next record is changed."""
    def act(client):
        client.sock.socket.change = lambda _, whole: change(whole)
        client.put(DATA, REQUEST)
        client.sock.socket.change = None
    return act


def asks(client):
    client.write(REQUEST)
    client.reply()


def asks_last(client):
    client.write(LAST)
    client.reply()


def closes_in_order(client):
    client.put(ALERT, b"\1\0")


def half_closes(client):
    client.sock.socket.sock.shutdown(socket.SHUT_WR)


def updates(wanted, times=1):
    """RFC 8446 section 4.6.3: each KeyUpdate is the last message of its keys."""
    def act(client):
        for _ in range(times):
            for _ in client.send_keyupdate_request(wanted):
                pass
            client.sock.flush()
    return act


def many(message_count):
    def act(client):
        for _ in range(message_count):
            client.put(DATA, b"")
    return act


def in_one_byte_records(client):
    for byte in LAST:
        client.put(DATA, [byte])
    client.reply()


def flipped(whole):
    return whole[:-1] + bytes([whole[-1] ^ 1])


def longer(whole):
    return whole[:3] + (len(whole) - 5 + 1).to_bytes(2, "big") + whole[5:] + b"\0"


CLOSED = {"close_notify"}

CASES = [
    *both("a request in records of one byte", CLOSED, in_one_byte_records, replies=2),
    *both("ten empty records of data", CLOSED, many(10), asks_last, replies=2),
    *both("5,000 empty records of data", UNSAID | {"unexpected_message"}, many(5000), asks_last),
    *both("a tag that was changed", BAD_MAC, spoilt(flipped)),
    *both("a record cut short", BAD_MAC | {"decode_error"}, spoilt(lambda whole: whole[:3] + b"\0\4" + whole[5:9])),
    *both("an empty record without a tag", BAD_MAC | {"decode_error"}, spoilt(lambda whole: whole[:3] + b"\0\0")),
    *both("a byte too many", BAD_MAC, spoilt(longer)),
    *both("a record twice", BAD_MAC, spoilt(lambda whole: whole * 2)),
    case(TLS12, "another type", BAD_MAC, spoilt(lambda whole: b"\x16" + whole[1:])),
    case(TLS13, "another type", BAD_MAC | {"unexpected_message", "decode_error"}, spoilt(lambda whole: b"\x16" + whole[1:]), closes_in_order),
    *both("an unknown type", {"unexpected_message", "decode_error"}, spoilt(lambda whole: b"\x63" + whole[1:])),
    *both("a version 5.5", {"decode_error", "protocol_version", "bad_record_mac"}, spoilt(lambda whole: whole[:1] + b"\5\5" + whole[3:])),
    *both("plaintext after encryption", BAD_MAC | {"decode_error", "unexpected_message"}, raw(record(DATA, REQUEST, 0x0303))),
    *both("a plaintext alert after encryption", BAD_MAC | {"decode_error", "unexpected_message", "close"}, raw(record(ALERT, b"\2\x28", 0x0303))),
    *both("plain HTTP after encryption", {"decode_error", "unexpected_message", "protocol_version"}, raw(REQUEST)),
    *both("16,385 bytes in a record", {"record_overflow", "decode_error"}, put(DATA, bytes(16385))),
    *both("65,535 bytes in a record", {"record_overflow", "decode_error"}, raw(record(DATA, bytes(65535), 0x0303))),
    *both("ChangeCipherSpec", {"unexpected_message", "decode_error"}, put(CCS, b"\1")),
    *both("a heartbeat", {"unexpected_message", "decode_error"}, put(HEARTBEAT, b"\1\xff\xff")),
    *both("an encrypted record of unknown type", {"unexpected_message", "decode_error"}, put(99, b"what is it")),
    *both("a fatal alert", {"close"}, put(ALERT, b"\2\x28")),
    *both("an alert of one byte", {"decode_error"}, put(ALERT, b"\2")),
    *both("1,000 warnings", {"unexpected_message", "decode_error"} | UNSAID, put(ALERT, b"\1\x5a", 1000)),
    *both("Finished again", {"unexpected_message"}, put(HANDSHAKE, message(20, bytes(32)))),
    *both("HelloRequest from the client", {"unexpected_message", "decode_error"}, put(HANDSHAKE, message(0, b""))),
    *both("ServerHello from the client", {"unexpected_message", "decode_error", "illegal_parameter"}, put(HANDSHAKE, message(2, bytes(70)))),
    *both("a ticket from the client", {"unexpected_message", "decode_error"}, put(HANDSHAKE, message(4, bytes(40)))),
    *both("half a handshake message, then data", {"unexpected_message"} | UNSAID, put(HANDSHAKE, b"\x18\0"), put(DATA, REQUEST)),
    *both("a handshake message of 16 MiB", {"decode_error", "unexpected_message"} | UNSAID,
          put(HANDSHAKE, b"\x18\xff\xff\xff"), put(HANDSHAKE, bytes(16000), 60)),
    *both("100 empty handshake records", {"unexpected_message"} | UNSAID, put(HANDSHAKE, b"", 100)),
    *both("close_notify", CLOSED, put(ALERT, b"\1\0")),
    *both("close_notify after a request", CLOSED, lambda client: client.write(REQUEST) and None, put(ALERT, b"\1\0"), lambda client: client.reply(),
          replies=2),
    *both("close_notify, then data", CLOSED | {"unexpected_message"}, put(ALERT, b"\1\0"), put(DATA, REQUEST)),
    *both("the end without close_notify", CLOSED | {"close"}, half_closes),
    *both("half a request, then the end without close_notify", CLOSED | {"close"}, put(DATA, REQUEST[:20]), half_closes),
    *both("half a record, then the end", CLOSED | {"close"}, raw(record(DATA, bytes(100), 0x0303)[:50]), half_closes),
    *both("half a record, then silence", CLOSED | {"close"}, raw(record(DATA, bytes(100), 0x0303)[:50])),
    *both("silence", CLOSED | {"close"}),
    # Renegotiation, which TLS 1.3 does not have (RFC 8446 section 4.1.2) and this server does not do (RFC 5746).
    case(TLS12, "a renegotiation", {"no_renegotiation", "close_notify", "unexpected_message", "handshake_failure"},
         put(HANDSHAKE, RENEGOTIATION)),
    case(TLS12, "a renegotiation, then a request", {"no_renegotiation", "unexpected_message", "close_notify"},
         put(HANDSHAKE, RENEGOTIATION), put(DATA, LAST)),
    case(TLS12, "100 renegotiations", {"no_renegotiation", "unexpected_message", "handshake_failure"},
         put(HANDSHAKE, RENEGOTIATION, 100)),
    case(TLS13, "a ClientHello", {"unexpected_message"}, put(HANDSHAKE, hello())),
    # Key updates (RFC 8446 section 4.6.3).
    case(TLS13, "a key update", CLOSED, updates(0), asks_last, replies=2),
    case(TLS13, "a key update that asks for one", CLOSED, updates(1), asks_last, replies=2),
    case(TLS13, "key updates between requests", CLOSED, *[updates(1), asks] * 100, asks_last, replies=102),
    case(TLS13, "a storm of key updates", {"unexpected_message"} | UNSAID, updates(0, 2000)),
    case(TLS13, "a storm of key updates that ask for one", {"unexpected_message"} | UNSAID, updates(1, 2000)),
    case(TLS13, "a key update of 2", {"illegal_parameter", "decode_error"}, put(HANDSHAKE, message(24, b"\2"))),
    case(TLS13, "an empty key update", {"decode_error"}, put(HANDSHAKE, message(24, b""))),
    case(TLS13, "a key update and more in one record", {"unexpected_message"},
         put(HANDSHAKE, message(24, b"\0") + message(24, b"\0"))),
    case(TLS13, "data by the old keys after a key update", BAD_MAC, put(HANDSHAKE, message(24, b"\0")), put(DATA, REQUEST)),
    case(TLS13, "a record of nothing but zeros", {"unexpected_message"} | UNSAID, put(0, b"")),
    case(TLS13, "a record of zeros only, long", {"unexpected_message"} | UNSAID, put(0, bytes(1000))),
    case(TLS13, "CertificateRequest from the client", {"unexpected_message", "decode_error"},
         put(HANDSHAKE, message(13, b"\0\0\0"))),
    case(TLS12, "KeyUpdate, which it does not have", {"unexpected_message", "decode_error"}, put(HANDSHAKE, message(24, b"\0"))),
]
