"""A connection brought to one of the states in which a stop can meet it, and what became of it.

The states are those of STATES; each over HTTP/1.1 and HTTP/2, plain and TLS, with a client that goes on after the
signal as if nothing was, or stays: it neither sends nor reads any more until the server has ended.
"""

import asyncio
import hashlib
import socket
import ssl
import struct
from dataclasses import dataclass

from . import body, h1, h2

STATES = ("accepted", "handshake", "head", "handler", "body", "idle", "upload")
LENGTH = 400_000     # of a body
UPLOAD = 60_000      # the windows of HTTP/2 let so much through at first
LARGE = 8 << 20      # of a body that no kernel's buffers hold
PATIENCE = 20.0


@dataclass(frozen=True)
class Plan:
    """What one client does."""

    state: str
    h2: bool
    tls: bool
    stays: bool
    id: str

    def __str__(self):
        return f"{self.state}, {'h2' if self.h2 else 'h1'}{' TLS' if self.tls else ''}, {'stays' if self.stays else 'goes on'}"


def plans():
    """All combinations there are, without an id."""
    return [
        (state, two, tls, stays)
        for state in STATES for two in (False, True) for tls in (False, True) for stays in (False, True)
        if tls or state != "handshake"
    ]  # fmt: skip


class Client:
    """One connection. `outcome` at the end: "complete", "cut" (visibly), "nothing", or "WRONG ..."."""

    def __init__(self, plan, server):
        self.plan, self._server = plan, server
        self.held = asyncio.Event()       # it is in its state, or will never be
        self.running = False              # its handler ran before the signal, and it was in its state
        self.outcome = "nothing"
        self._wire = self._parser = None

    @property
    def had_begun(self):
        return self.plan.state in ("handler", "body", "upload") and self.running

    async def run(self, signalled, ended):
        """To the state; then, after the event `signalled`, on; or, if it stays, to the end after `ended`."""
        try:
            async with asyncio.timeout(PATIENCE):
                rest, expected = await self._reach()
                self.held.set()
                self.running = not signalled.is_set()
                await (ended if self.plan.stays else signalled).wait()
                await self._go_on(rest, expected)
        except OSError:
            pass  # reset or refused: what came before counts
        except TimeoutError:
            self.outcome = "WRONG hangs"
        finally:
            self.held.set()
            if self._wire:
                self._wire.close()

    async def _reach(self):
        """Brings the connection to its state. Returns what is still to be sent, and the body that the answer must have."""
        plan = self.plan
        path, expected = self._asked()
        request, tail = self._request(path)
        self._wire = await Wire.connect(self._server.tls if plan.tls else self._server.plain, plan)
        if plan.state == "accepted":
            return request + tail, expected
        if plan.state == "handshake":
            await self._wire.shake_hands(half=True)
            return request + tail, expected
        await self._wire.shake_hands()
        self._parser = Parser.of(plan)
        if plan.state == "head":
            await self._wire.send(request[: len(request) // 2])
            return request[len(request) // 2 :] + tail, expected
        await self._wire.send(request)
        if plan.state == "idle":
            await self._read(expected)
            if self.outcome != "complete":
                return b"", expected
            self.outcome = "nothing"
            self._parser = Parser.of(plan, self._parser)
            return self._request(path, stream=3)[0], expected
        await self._server.says(f"handling {plan.id}")
        if plan.state == "body":
            while not self._parser.content and (piece := await self._wire.read()):
                self._take(piece)
        return tail, expected

    def _asked(self):
        """The path, and the body of its answer."""
        plan = self.plan
        if plan.state == "upload":
            return f"/upload?id={plan.id}", hashlib.sha256(body.of(UPLOAD)).hexdigest().encode()
        if plan.state == "handler":
            return f"/wait?s={30 if plan.stays else 0.3}&n={LENGTH}&id={plan.id}", body.of(LENGTH)
        if plan.state == "body" and plan.stays:
            return f"/body?n={LARGE}&by=65536&id={plan.id}", body.of(LARGE)
        if plan.state == "body":
            return f"/body?n={LENGTH}&by={LENGTH // 20}&pause=0.015&id={plan.id}", body.of(LENGTH)
        return "/body?n=50000", body.of(50_000)

    def _request(self, path, stream=1):
        """The request as far as it is sent before the signal, and what comes after it."""
        plan = self.plan
        upload = body.of(UPLOAD) if plan.state == "upload" else b""
        method = "POST" if upload else "GET"
        if plan.h2:
            start = h2.opening(h2.WINDOW * 16) if stream == 1 else b""
            frames = start + h2.request(stream, path, method, end=not upload)
            first, rest = h2.frame(h2.DATA, 0, stream, upload[:10_000]), b""
            for at in range(10_000, len(upload), 10_000):
                rest += h2.frame(h2.DATA, h2.END_STREAM if at + 10_000 == len(upload) else 0, stream, upload[at : at + 10_000])
            return (frames + first, rest) if upload else (frames, b"")
        length = f"Content-Length: {len(upload)}\r\n" if upload else ""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{length}\r\n".encode()
        return head + upload[: UPLOAD // 2], upload[UPLOAD // 2 :]

    async def _go_on(self, rest, expected):
        if not self.plan.stays:
            await self._wire.shake_hands()
            self._parser = self._parser or Parser.of(self.plan)
            sending = asyncio.create_task(self._send(rest))
        try:
            if self.outcome == "nothing" and self._parser:
                await self._read(expected)
        finally:
            if not self.plan.stays:
                sending.cancel()

    async def _send(self, rest):
        """All of it, beside reading; HTTP/2 as far as the windows go that the server opens."""
        try:
            await self._wire.send(rest)
        except OSError:
            pass

    async def _read(self, expected):
        """Until the answer is complete or the connection is at its end."""
        try:
            while self._parser.open:
                piece = await self._wire.read()
                if not piece:
                    break
                self._take(piece)
        finally:
            self.outcome = self._parser.outcome(expected)

    def _take(self, piece):
        reply = self._parser.take(piece)
        if reply and not self.plan.stays:
            self._wire.send_soon(reply)


class Wire:
    """Bytes over plain TCP or TLS; the handshake can be left half done."""

    def __init__(self, reader, writer, tls):
        self._reader, self._writer, self._tls = reader, writer, tls
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._ssl = tls.wrap_bio(self._in, self._out) if tls else None
        self._shaken = tls is None
        self._rest = b""     # of a flight of the handshake that was sent by half

    @classmethod
    async def connect(cls, address, plan):
        host, port = address.rsplit(":", 1)
        sock = socket.socket()
        sock.setblocking(False)
        if plan.state == "body" and plan.stays:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        await asyncio.get_running_loop().sock_connect(sock, (host, int(port)))
        reader, writer = await asyncio.open_connection(sock=sock, limit=16384)
        return cls(reader, writer, h1.trusting("h2" if plan.h2 else "http/1.1") if plan.tls else None)

    async def shake_hands(self, half=False):
        while not self._shaken:
            try:
                if not self._rest:
                    self._ssl.do_handshake()
                    self._shaken = True
            except ssl.SSLWantReadError:
                pass
            flight = self._rest or self._out.read()
            if half:
                self._rest = flight[len(flight) // 2 :]
                self._writer.write(flight[: len(flight) // 2])
                return
            self._rest = b""
            self._writer.write(flight)
            if not self._shaken:
                received = await self._reader.read(65536)
                if not received:
                    raise ConnectionResetError("closed in the handshake")
                self._in.write(received)

    async def send(self, data):
        self.send_soon(data)
        await self._writer.drain()

    def send_soon(self, data):
        if self._ssl and data:
            self._ssl.write(data)
            data = self._out.read()
        self._writer.write(data)

    async def read(self):
        """The next bytes; none at the end of the stream."""
        while True:
            if self._ssl:
                try:
                    return self._ssl.read(65536)
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLError:  # close_notify, or an end without it: the framing tells what is complete
                    return b""
            received = await self._reader.read(65536)
            if not self._ssl or not received:
                return received
            self._in.write(received)

    def close(self):
        self._writer.close()


class Parser:
    """Takes in what the server sends, and says whether the answer is there, short, or wrong."""

    def __init__(self):
        self.content = bytearray()
        self.status = None
        self.ended = False     # by its own framing: the server says that this was all
        self.any = False       # some of an answer has come
        self.open = True       # more may come
        self.error = None
        self._held = b""

    @classmethod
    def of(cls, plan, before=None):
        """For the first answer of a connection, or the one that comes after another."""
        parser = Frames(3 if before else 1) if plan.h2 else Message()
        parser._held = before._held if before else b""
        return parser

    def outcome(self, expected):
        if self.error:
            return f"WRONG {self.error}"
        if not self.ended:
            wrong = not expected.startswith(bytes(self.content)) and self.status == 200
            return "WRONG bytes" if wrong else "cut" if self.any else "nothing"
        if self.status != 200:
            return "cut"       # by an error's status, which nobody takes for success
        if bytes(self.content) == expected:
            return "complete"
        return f"WRONG: {len(self.content)} of {len(expected)} bytes look complete"


class Message(Parser):
    """One HTTP/1.1 answer."""

    _left = None      # of a body with a length, or of a chunk
    _chunked = False

    def take(self, piece):
        self.any = True
        self._held += piece
        while self.open and self._step():
            pass

    def _step(self):
        """One head, chunk, or part of a body; False when there is not enough for one."""
        if self.status is None:
            head, found, rest = self._held.partition(b"\r\n\r\n")
            if found:
                self._held = rest
                self._head(head.decode("latin-1").lower().split("\r\n"))
            return bool(found)
        if self._left:
            part = self._held[: self._left]
            self.content += part
            self._held, self._left = self._held[len(part) :], self._left - len(part)
            if not self._left and not self._chunked:
                self._end()
            return bool(part)
        return self._chunk()

    def _head(self, lines):
        self.status = int(lines[0].split()[1])
        headers = dict(line.split(": ", 1) for line in lines[1:])
        self._chunked = headers.get("transfer-encoding") == "chunked"
        if not self._chunked:
            self._left = int(headers["content-length"])
            if self._left == 0:
                self._end()

    def _chunk(self):
        line, found, rest = self._held.removeprefix(b"\r\n").partition(b"\r\n")
        if not found:
            return False
        self._left = int(line, 16)
        self._held = rest
        if self._left == 0:
            self._end()
        return True

    def _end(self):
        self.ended, self.open = True, False


class Frames(Parser):
    """One stream of an HTTP/2 connection."""

    def __init__(self, stream):
        super().__init__()
        self._stream = stream

    def take(self, piece):
        """Returns what the client has to answer: to SETTINGS and PING."""
        self._held += piece
        reply = b""
        while len(self._held) >= 9:
            length_and_kind, flags, stream = struct.unpack("!IBI", self._held[:9])
            length, kind = length_and_kind >> 8, length_and_kind & 0xFF
            if len(self._held) < 9 + length:
                break
            payload, self._held = self._held[9 : 9 + length], self._held[9 + length :]
            if kind in (h2.SETTINGS, h2.PING) and not flags & h2.ACK:
                reply += h2.frame(kind, h2.ACK, 0, payload if kind == h2.PING else b"")
            elif stream == self._stream:
                self._on_stream(kind, flags, payload)
        return reply

    def _on_stream(self, kind, flags, payload):
        if kind == h2.HEADERS and self.status is None:
            self.any, self.status = True, h2.status(payload)
        elif kind == h2.DATA:
            self.content += payload
        elif kind == h2.RST_STREAM:
            self.open = False
        if kind in (h2.HEADERS, h2.DATA) and flags & h2.END_STREAM:
            self.ended, self.open = True, False
