"""Clients that misbehave, and what becomes of them."""

import re
import socket
import ssl
import time
from dataclasses import dataclass

from tlslite.api import HandshakeSettings, TLSConnection
from tlslite.constants import AlertDescription
from tlslite.errors import TLSAbruptCloseError, TLSClosedConnectionError, TLSLocalAlert, TLSRemoteAlert
from tlslite.messages import Message

PATIENCE = 8.0  # seconds until a case counts as a hang; the server's own timeouts are 2 to 5
REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass
class End:
    """How a connection ended: by the server's alert, by a close without one, with a reply, or not at all."""

    what: str
    replies: int = 0
    seconds: float = 0.0

    def __str__(self):
        return f"{self.what} after {self.replies} replies" if self.replies else self.what


def alert_name(number):
    return AlertDescription.toRepr(number) or f"alert {number}"


class Target:
    """The listener that is tested."""

    def __init__(self, port):
        self.address = ("127.0.0.1", port)
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def tcp(self):
        sock = socket.create_connection(self.address, timeout=PATIENCE)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def is_well(self):
        """Whether a good client, which is OpenSSL's, is served."""
        with self.context.wrap_socket(self.tcp(), server_hostname="localhost") as good:
            good.sendall(LAST)
            reply = b""
            while part := good.recv(65536):
                reply += part
        return reply.startswith(b"HTTP/1.1 200") and reply.endswith(b"hello")


def play_bytes(target, pieces, half_closes=False, closes=False):
    """Sends bytes as they are; the server's answer is read as far as it is not encrypted."""
    sock = target.tcp()
    try:
        for piece in pieces:
            sock.sendall(piece)
        if half_closes:
            sock.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # the server has had enough already: its alert may be there
    return End("left") if closes and not sock.close() else read_plain(sock)


def read_plain(sock):
    received = b""
    try:
        while part := sock.recv(65536):
            received += part
    except TimeoutError:
        return End("hang")
    except OSError:
        return End(alert_in(received) or "reset")
    return End(alert_in(received) or "close")


def alert_in(received):
    """The last alert among the records; those after a ServerHello of TLS 1.3 cannot be read."""
    name = None
    while len(received) >= 5:
        length = int.from_bytes(received[3:5], "big")
        content = received[5:5 + length]
        if received[0] == 21 and len(content) == 2:
            name = alert_name(content[1])
        elif received[0] == 23:
            name = "encrypted"
        received = received[5 + length:]
    return name


class Wire:
    """A socket on which each record that leaves can be changed: `change(number, record)` gives the bytes to send."""

    def __init__(self, sock, change=None, step=None):
        self.sock, self.change, self.step = sock, change, step
        self.number = 0

    def send(self, data):
        self.sendall(data)
        return len(data)

    def sendall(self, data):
        out, rest = b"", bytes(data)
        while rest:
            length = 5 + int.from_bytes(rest[3:5], "big")
            record, rest = rest[:length], rest[length:]
            out += self.change(self.number, record) if self.change else record
            self.number += 1
        for at in range(0, len(out), self.step or len(out) or 1):
            self.sock.sendall(out[at:at + (self.step or len(out))])

    def __getattr__(self, name):
        return getattr(self.sock, name)


class Client(TLSConnection):
    """tlslite's client. `edit(message)` gives the messages that are sent instead of one."""

    def __init__(self, sock, edit=None):
        super().__init__(sock)
        self.edit = edit
        self.replies = 0

    def _sendMsg(self, msg, randomizeFirstBlock=True, update_hashes=True):
        for message in self.edit(msg) if self.edit else [msg]:
            yield from super()._sendMsg(message, randomizeFirstBlock, update_hashes)

    def shake(self, version, alpn=(b"http/1.1",), **changes):
        settings = HandshakeSettings()
        settings.minVersion = settings.maxVersion = version
        settings.eccCurves = ["x25519", "secp256r1"]
        settings.keyShares = ["x25519"]
        for name, value in changes.items():
            setattr(settings, name, value)
        self.handshakeClientCert(settings=settings, serverName="localhost", alpn=[bytearray(name) for name in alpn])

    def put(self, kind, content):
        """One record, whatever its size, by the keys of now."""
        for _ in self._recordLayer.sendRecord(Message(kind, bytearray(content))):
            pass
        self.sock.flush()

    def reply(self):
        """Reads one reply; a `Content-Length` says where it ends."""
        text = b""
        while not (head := re.search(rb"content-length: (\d+)(?:\r\n.*?)?\r\n\r\n", text, re.I | re.S)):
            part = self.read(max=65536, min=1)
            if not part:
                raise TLSAbruptCloseError()
            text += bytes(part)
        left = head.end() + int(head[1]) - len(text)
        while left > 0:
            left -= len(self.read(max=left, min=left))
        self.replies += 1

    def until_the_end(self):
        """Reads until the connection ends."""
        self.closeSocket = False
        while self.read(max=65536, min=1):
            pass
        return "close_notify"


def play(target, version, act=None, edit=None, change=None, step=None, **settings):
    """A handshake, then `act(client)`, then all that comes. Each may be disturbed."""
    began = time.monotonic()
    sock = target.tcp()
    client = Client(Wire(sock, change, step), edit)
    try:
        client.shake(version, **settings)
        what = (act(client) if act else None) or client.until_the_end()
    except TLSRemoteAlert as alert:
        what = alert_name(alert.description)
    except TLSLocalAlert as alert:
        what = f"our own {alert_name(alert.description)}: {alert.message}"
    except TLSAbruptCloseError:
        what = alert_left(client) or "close"
    except TimeoutError:
        what = "hang"
    except (ConnectionError, TLSClosedConnectionError):
        what = alert_left(client) or "reset"
    finally:
        sock.close()
    return End(what, client.replies, time.monotonic() - began)


def alert_left(client):
    """tlslite gives up at the first write that fails; the alert that says why may be there still."""
    try:
        client.closed = False
        client.until_the_end()
    except TLSRemoteAlert as alert:
        return alert_name(alert.description)
    except Exception:  # whatever it is, there is no alert in it
        return None
    return None
