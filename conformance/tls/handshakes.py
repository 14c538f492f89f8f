"""Handshakes whose second flight is wrong or out of order."""

from tlslite.constants import ContentType
from tlslite.messages import Alert, Certificate, ChangeCipherSpec, ClientKeyExchange, Finished, Message

from case import Case
from client import LAST, REQUEST, play
from hello import message, record

# Of some mistakes rustls says nothing: the connection is closed without an alert.
UNSAID = {"close"}

HANDSHAKE, ALERT, CCS, DATA = 22, 21, 20, 23
TLS12, TLS13 = (3, 3), (3, 4)
BAD_MAC = {"bad_record_mac", "decrypt_error"}


def case(version, name, ends, edit=None, replies=0, **how):
    label = "TLS 1.2" if version == TLS12 else "TLS 1.3"
    return Case(f"{label} handshake: {name}", set(ends), lambda target: play(target, version, asks, edit=edit, **how), replies)


def asks(client):
    client.edit = None
    client.write(LAST)
    client.reply()


def instead(kind, *others):
    """In place of messages of `kind` come `others`; None stands for the message itself."""
    return lambda msg: [msg if other is None else other for other in others] if isinstance(msg, kind) else [msg]


def changed(kind, change):
    """The bytes of messages of `kind` are changed as they leave."""
    def edit(msg):
        if not isinstance(msg, kind):
            return [msg]
        return [Message(msg.contentType, bytearray(change(bytes(msg.write()))))]
    return edit


def plain(kind, content):
    return Message(kind, bytearray(content))


def flipped(content):
    return content[:-1] + bytes([content[-1] ^ 1])


def at(number, change):
    """One record is changed, counted from 0."""
    return lambda seen, whole: change(whole) if seen == number else whole


def fatal(description):
    return plain(ALERT, [2, description])


def warning(description):
    return plain(ALERT, [1, description])


HELLO_REQUEST = plain(HANDSHAKE, message(0, b""))
EMPTY_CERTIFICATE = plain(HANDSHAKE, message(11, b"\0\0\0"))
DATA_RECORD = plain(DATA, REQUEST)

CASES = [
    case(TLS12, "as it should be", {"close_notify"}, replies=1),
    case(TLS12, "no ChangeCipherSpec", {"unexpected_message", "decode_error", "bad_record_mac"} | UNSAID, instead(ChangeCipherSpec)),
    case(TLS12, "two ChangeCipherSpec", {"unexpected_message", "bad_record_mac"}, instead(ChangeCipherSpec, None, None)),
    case(TLS12, "ChangeCipherSpec before its time", {"unexpected_message"},
         instead(ClientKeyExchange, ChangeCipherSpec(), None)),
    case(TLS12, "a ChangeCipherSpec of 2", {"decode_error", "illegal_parameter", "unexpected_message"},
         instead(ChangeCipherSpec, plain(CCS, b"\2"))),
    case(TLS12, "no ClientKeyExchange", {"unexpected_message"}, instead(ClientKeyExchange)),
    case(TLS12, "two ClientKeyExchange", {"unexpected_message"}, instead(ClientKeyExchange, None, None)),
    case(TLS12, "an empty ClientKeyExchange", {"decode_error", "illegal_parameter"} | UNSAID,
         instead(ClientKeyExchange, plain(HANDSHAKE, message(16, b"")))),
    case(TLS12, "a key off the curve", {"illegal_parameter", "decode_error", "handshake_failure"},
         instead(ClientKeyExchange, plain(HANDSHAKE, message(16, b"\x41\4" + b"\1" * 64)))),
    case(TLS12, "a key cut short", {"decode_error", "illegal_parameter"} | UNSAID,
         changed(ClientKeyExchange, lambda content: message(16, content[4:-8]))),
    case(TLS12, "a wrong Finished", {"decrypt_error"}, changed(Finished, flipped)),
    case(TLS12, "a short Finished", {"decrypt_error", "decode_error"},
         changed(Finished, lambda content: message(20, content[4:-4]))),
    case(TLS12, "no Finished but data", {"unexpected_message"}, instead(Finished, DATA_RECORD)),
    case(TLS12, "a record in the Finished that was changed", BAD_MAC, change=at(3, flipped)),
    case(TLS12, "a Certificate that nobody asked for", {"unexpected_message"}, instead(ClientKeyExchange, EMPTY_CERTIFICATE, None)),
    case(TLS12, "HelloRequest from the client", {"unexpected_message"}, instead(ClientKeyExchange, HELLO_REQUEST, None)),
    case(TLS12, "a fatal alert in the middle", {"close"}, instead(ClientKeyExchange, fatal(40))),
    case(TLS12, "close_notify in the middle", {"close", "close_notify", "unexpected_message"},
         instead(ClientKeyExchange, warning(0))),
    case(TLS12, "100 warnings in the middle", {"unexpected_message", "decode_error", "close"},
         instead(ClientKeyExchange, *[warning(90)] * 100, None)),
    case(TLS12, "a message of 16 MiB in the middle", {"decode_error", "reset"} | UNSAID,
         instead(ClientKeyExchange, plain(HANDSHAKE, b"\x10\xff\xff\xff" + bytes(16000)), *[plain(HANDSHAKE, bytes(16000))] * 50)),
    case(TLS12, "silence in the middle", {"close"}, instead(ClientKeyExchange), change=at(1, lambda _: b"")),
    case(TLS12, "ChaCha20", {"close_notify"}, replies=1, cipherNames=["chacha20-poly1305"]),
    case(TLS12, "no CBC", {"handshake_failure"}, cipherNames=["aes128", "aes256"]),
    case(TLS12, "extended master secret only", {"close_notify"}, replies=1, requireExtendedMasterSecret=True),
    case(TLS13, "as it should be", {"close_notify"}, replies=1),
    case(TLS13, "a HelloRetryRequest", {"close_notify"}, replies=1, keyShares=[]),
    case(TLS13, "padded records", {"close_notify"}, replies=1,
         padding_cb=lambda length, kind, most: bytearray(min(most, 700))),
    case(TLS13, "a wrong Finished", {"decrypt_error"}, changed(Finished, flipped)),
    case(TLS13, "a short Finished", {"decrypt_error", "decode_error"},
         changed(Finished, lambda content: message(20, content[4:-4]))),
    case(TLS13, "a long Finished", {"decrypt_error", "decode_error"},
         changed(Finished, lambda content: message(20, content[4:] + b"\0"))),
    case(TLS13, "two Finished in one record", {"unexpected_message"}, changed(Finished, lambda content: content * 2)),
    case(TLS13, "bytes after Finished", {"unexpected_message"}, changed(Finished, lambda content: content + b"\x18\0\0")),
    case(TLS13, "a record that was changed", BAD_MAC, change=at(2, flipped)),
    case(TLS13, "Finished in the clear", {"unexpected_message", "bad_record_mac"},
         change=at(2, lambda _: record(HANDSHAKE, message(20, bytes(32))))),
    case(TLS13, "no Finished but data", {"unexpected_message"}, instead(Finished, DATA_RECORD)),
    case(TLS13, "KeyUpdate before Finished", {"unexpected_message"},
         instead(Finished, plain(HANDSHAKE, message(24, b"\0")), None)),
    case(TLS13, "EndOfEarlyData before Finished", {"unexpected_message"},
         instead(Finished, plain(HANDSHAKE, message(5, b"")), None)),
    case(TLS13, "a Certificate that nobody asked for", {"unexpected_message"},
         instead(Finished, plain(HANDSHAKE, message(11, b"\0\0\0\0")), None)),
    case(TLS13, "HelloRequest from the client", {"unexpected_message", "decode_error"}, instead(Finished, HELLO_REQUEST, None)),
    case(TLS13, "100 ChangeCipherSpec", {"unexpected_message"} | UNSAID, instead(ChangeCipherSpec, *[None] * 100)),
    case(TLS13, "no ChangeCipherSpec", {"close_notify"}, instead(ChangeCipherSpec), replies=1),
    case(TLS13, "a ChangeCipherSpec of 2", {"decode_error", "illegal_parameter", "unexpected_message"},
         instead(ChangeCipherSpec, plain(CCS, b"\2"))),
    case(TLS13, "an empty record", {"unexpected_message", "close_notify"}, instead(Finished, plain(HANDSHAKE, b""), None)),
    case(TLS13, "a record of nothing but zeros", {"unexpected_message"} | UNSAID, instead(Finished, plain(0, b""), None)),
    case(TLS13, "a fatal alert in the middle", {"close"}, instead(Finished, fatal(40))),
    case(TLS13, "close_notify in the middle", {"close", "close_notify", "unexpected_message", "decode_error"}, instead(Finished, warning(0))),
    case(TLS13, "silence in the middle", {"close"}, change=lambda number, whole: whole if number == 0 else b""),
]
