"""HTTP/2 frame by frame, as RFC 9113 asks of a client: GOAWAY says which requests may be sent again, and where not to.

Request headers are sent as HPACK literals. Of response headers only the :status of the static table is read: who needs
to know the version or the worker asks for /who.
"""

import asyncio
import random
import ssl
import struct
import time

from . import h1
from .tally import Broken

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM = ACK = 1
END_HEADERS = 4
REFUSED_STREAM = 7
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
WINDOW = 1 << 20
STATUSES = dict(enumerate((200, 204, 206, 304, 400, 404, 500), start=8))


class NotTaken(Exception):
    """The server has said that it has not looked at the request: it may be sent again."""


def frame(kind, flags, stream, payload=b""):
    return struct.pack("!IBI", len(payload) << 8 | kind, flags, stream) + payload


def request(stream, path, method="GET", end=True):
    fields = {":method": method, ":scheme": "http", ":authority": "localhost", ":path": path}
    block = b"".join(b"\0" + _literal(name) + _literal(value) for name, value in fields.items())
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block)


def opening(window=WINDOW):
    """What a client says first: windows so large that a small body never waits for them."""
    settings = struct.pack("!HIHI", 1, 0, 4, window)  # no dynamic table; the window of a stream
    return PREFACE + frame(SETTINGS, 0, 0, settings) + frame(WINDOW_UPDATE, 0, 0, struct.pack("!I", window))


class Stream:
    def __init__(self):
        self.status = None
        self.body = bytearray()
        self.ended = False           # by END_STREAM: the server says that this was all
        self.done = asyncio.get_running_loop().create_future()

    def finish(self, error=None):
        if not self.done.done():
            self.done.set_exception(error) if error else self.done.set_result(None)
            self.done.exception()  # seen, also when nobody waits any more


class Connection:
    """One connection, whose frames are taken in by a task of its own."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer
        self._next = 1
        self.streams = {}
        self.last = None           # of the server's GOAWAY: the last stream that it has taken
        self.closed = False
        self.pid = None
        writer.write(opening())
        self._task = asyncio.create_task(self._run())

    @classmethod
    async def open(cls, address, context=None):
        return cls(*await h1.connect(address, context))

    @property
    def usable(self):
        return not self.closed and self.last is None

    async def ask(self, path):
        """One exchange. Errors: Broken, NotTaken."""
        if not self.usable:
            raise NotTaken
        number, self._next = self._next, self._next + 2
        stream = self.streams[number] = Stream()
        self._writer.write(request(number, path))
        try:
            async with asyncio.timeout(h1.PATIENCE):
                await stream.done
        except TimeoutError:
            raise Broken("stream timed out", f"at byte {len(stream.body)}") from None
        finally:
            del self.streams[number]
        return h1.Answer(stream.status, {}, bytes(stream.body), False)

    async def close(self):
        self._task.cancel()
        self._writer.close()
        try:
            async with asyncio.timeout(1):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            pass

    async def _run(self):
        try:
            while True:
                head = await self._reader.readexactly(9)
                length_and_kind, flags, stream = struct.unpack("!IBI", head)
                payload = await self._reader.readexactly(length_and_kind >> 8)
                self._take(length_and_kind & 0xFF, flags, stream, payload)
        except asyncio.IncompleteReadError as error:
            how = "closed" if not error.partial else "closed inside a frame"
        except ssl.SSLError as error:
            how = f"TLS broken ({error.reason})"
        except OSError as error:
            how = f"reset ({type(error).__name__})"
        self.closed = True
        for stream in self.streams.values():
            stream.finish(Broken(f"connection {how} with a stream open", f"at byte {len(stream.body)}"))

    def _take(self, kind, flags, number, payload):
        stream = self.streams.get(number)
        if kind == SETTINGS and not flags & ACK:
            self._writer.write(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self._writer.write(frame(PING, ACK, 0, payload))
        elif kind == GOAWAY:
            self._goaway(*struct.unpack("!II", payload[:8]))
        elif kind == DATA and payload:
            update = struct.pack("!I", len(payload))
            self._writer.write(frame(WINDOW_UPDATE, 0, 0, update) + frame(WINDOW_UPDATE, 0, number, update))
        if stream is None:
            return
        if kind == DATA:
            stream.body += payload
        elif kind == HEADERS and stream.status is None:
            stream.status = status(payload)
        elif kind == RST_STREAM:
            code = struct.unpack("!I", payload)[0]
            stream.finish(NotTaken() if code == REFUSED_STREAM else Broken(f"stream reset with {code}", f"at byte {len(stream.body)}"))
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            stream.ended = True
            stream.finish()

    def _goaway(self, last, code):
        self.last = last
        for number, stream in self.streams.items():
            if number > last:
                stream.finish(NotTaken() if code == 0 else Broken(f"GOAWAY with {code}"))


def status(block):
    """The status, if it is one of the static table's, which all are that soak/server.php sends; else 0."""
    at = 0
    while block[at] & 0xE0 == 0x20:  # a change of the dynamic table's size may stand first
        at += 2 if block[at] & 0x1F == 0x1F else 1
    return STATUSES.get(block[at] & 0x7F, 0) if block[at] & 0x80 else 0


async def ask_on_kept_connections(address, context, tally, stop, streams=4, pace=None):
    """Asks for several streams at a time on one connection as long as the server keeps it."""
    while not stop.is_set():
        began = time.monotonic()
        try:
            connection = await Connection.open(address, context)
        except Broken as broken:
            tally.failed(broken, "connect", began)
            await asyncio.sleep(0.01)
            continue
        await asyncio.gather(*(_ask(connection, tally, stop, pace) for _ in range(streams)))
        if not stop.is_set():
            tally.reconnects += 1
        await connection.close()


async def _ask(connection, tally, stop, pace):
    while not stop.is_set() and connection.usable:
        path, began = random.choice((*h1.PATHS, "/who")), time.monotonic()
        try:
            answer = await connection.ask(path)
            h1.check(path, answer)
            version = None
            if path == "/who":
                version, connection.pid = map(int, answer.body.split())
            tally.answered(answer.status, version)
        except NotTaken:
            tally.retries += 1
        except Broken as broken:
            tally.failed(broken, path, began, connection.pid)
        await asyncio.sleep(pace or 0)


def _literal(text):
    """A string of HPACK with its length before it; 127 is where the length needs more bytes."""
    rest, length = len(text) - 127, b""
    if rest < 0:
        return bytes([len(text)]) + text.encode()
    while rest >= 128:
        length += bytes([rest & 0x7F | 0x80])
        rest >>= 7
    return b"\x7f" + length + bytes([rest]) + text.encode()
