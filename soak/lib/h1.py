"""HTTP/1.1 as RFC 9112 asks of a client, over plain TCP and TLS, telling how and where an exchange broke."""

import asyncio
import random
import socket
import ssl
import time
from dataclasses import dataclass

from . import body
from .tally import Broken

PATIENCE = 15.0  # seconds for one exchange
ESTABLISHED = 1  # of the kernel's states of a TCP connection


@dataclass
class Answer:
    status: int
    headers: dict    # names in lower case
    body: bytes
    closes: bool     # no other request may follow on the connection

    @property
    def version(self):
        return int(self.headers.get("x-version", -1))

    @property
    def pid(self):
        return int(self.headers.get("x-pid", 0)) or None


def trusting(alpn):
    """A TLS context that checks no certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols([alpn])
    return context


async def connect(address, context=None):
    """Opens a connection to "127.0.0.1:PORT". Errors: Broken."""
    host, port = address.rsplit(":", 1)
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.open_connection(host, int(port), ssl=context, limit=1 << 20)
    except ConnectionRefusedError:
        raise Broken("connect refused") from None
    except TimeoutError:
        raise Broken("connect timed out") from None
    except (OSError, EOFError, ssl.SSLError) as error:
        raise Broken("handshake broken" if context else "connect broken", f"{type(error).__name__} {error}") from None


class Connection:
    """One connection. `pid` is the worker at its other end, once it has answered."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer
        self._socket = writer.get_extra_info("socket")
        self.pid = None

    @classmethod
    async def open(cls, address, context=None):
        return cls(*await connect(address, context))

    async def is_closed(self):
        """Whether the server has closed it while nothing was asked."""
        await asyncio.sleep(0)  # takes in what has arrived
        if self._reader.at_eof() or self._writer.is_closing():
            return True
        # The kernel may know of the end before the event loop does.
        return self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != ESTABLISHED

    async def ask(self, path, method="GET", upload=None, close=False):
        """One exchange. Errors: Broken."""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
        if upload is not None:
            head += f"Content-Length: {len(upload)}\r\n"
        if close:
            head += "Connection: close\r\n"
        return await self.exchange(f"{head}\r\n".encode() + (upload or b""))

    async def exchange(self, request):
        self._got, self._part = 0, "the request, before any answer"
        try:
            async with asyncio.timeout(PATIENCE):
                self._writer.write(request)
                await self._writer.drain()
                answer = await self._answer()
        except asyncio.IncompleteReadError as error:
            raise Broken(f"closed after {self._part}", self._place(len(error.partial))) from None
        except TimeoutError:
            raise Broken(f"timed out after {self._part}", self._place()) from None
        except ssl.SSLError as error:
            raise Broken(f"TLS broken after {self._part}", f"{self._place()} {error.reason}") from None
        except OSError as error:
            raise Broken(f"reset after {self._part}", f"{self._place()} {type(error).__name__}") from None
        except (ValueError, asyncio.LimitOverrunError) as error:
            raise Broken("malformed answer", str(error)) from None
        self.pid = answer.pid or self.pid
        return answer

    async def close(self):
        self._writer.close()
        try:
            async with asyncio.timeout(1):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            pass

    def _place(self, more=0):
        return f"at byte {self._got + more}" if self._got + more else ""

    async def _take(self, length):
        taken = await self._reader.readexactly(length)
        self._got += length
        return taken

    async def _line(self):
        line = await self._reader.readuntil(b"\r\n")
        self._got += len(line)
        return line[:-2].decode("latin-1")

    async def _answer(self):
        status = await self._line()
        self._part = "a part of the head"
        version, code, *_ = status.split(" ", 2)
        headers = await self._fields()
        self._got, self._part = 0, "a part of the body"
        closes = version == "HTTP/1.0" or "close" in headers.get("connection", "").lower()
        if "chunked" in headers.get("transfer-encoding", ""):
            content = await self._chunks()
        elif "content-length" in headers:
            content = await self._take(int(headers["content-length"]))
        else:
            raise ValueError("an answer whose end cannot be told")
        return Answer(int(code), headers, content, closes)

    async def _fields(self):
        headers = {}
        while line := await self._line():
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        return headers

    async def _chunks(self):
        content = bytearray()
        while size := int((await self._line()).split(";")[0], 16):
            content += await self._take(size)
            if await self._take(2) != b"\r\n":
                raise ValueError("a chunk that does not end where it says")
        await self._fields()
        return bytes(content)


def check(path, answer):
    """Errors: Broken, if it is not what soak/server.php answers."""
    if answer.status != 200:
        raise Broken(f"status {answer.status}", answer.body[:60].decode("latin-1"))
    length = length_of(path)
    wrong = body.wrong(answer.body, length) if length is not None else None
    if wrong:
        raise Broken(wrong.split(":")[0], wrong)
    if path == "/hello" and answer.body != b"Hello, World!":
        raise Broken("wrong body", repr(answer.body[:60]))


def length_of(path):
    """The length that the body of a path must have; None for those that are no body.of()."""
    query = path.partition("?")[2]
    fields = dict(field.split("=") for field in query.split("&") if field)
    return int(fields["n"]) if "n" in fields else None


PATHS = ("/hello", "/body?n=1000", "/body?n=40000", "/body?n=100000&by=9973", "/body?n=300000&by=65536", "/hello")


async def ask_on_new_connections(address, context, tally, stop, pace=None):
    """Opens a connection for every request, until `stop` (an asyncio.Event) is set. `pace`: seconds between two."""
    while not stop.is_set():
        path, began = random.choice(PATHS), time.monotonic()
        connection = None
        try:
            connection = await Connection.open(address, context)
            answer = await connection.ask(path, close=True)
            check(path, answer)
            tally.answered(answer.status, answer.version)
        except Broken as broken:
            tally.failed(broken, path, began, connection and connection.pid)
            await asyncio.sleep(0.01)
        if connection:
            await connection.close()
        if pace:
            await asyncio.sleep(pace)


async def ask_on_kept_connections(address, context, tally, stop, pace=None):
    """Asks on one connection as long as the server keeps it. One that is closed while nothing is asked is no failure."""
    connection = None
    while not stop.is_set():
        path, began = random.choice(PATHS), time.monotonic()
        try:
            if connection and await connection.is_closed():
                tally.reconnects += 1
                await connection.close()
                connection = None
            connection = connection or await Connection.open(address, context)
            answer = await connection.ask(path)
            check(path, answer)
            tally.answered(answer.status, answer.version)
            keep = not answer.closes
        except Broken as broken:
            tally.failed(broken, path, began, connection and connection.pid)
            keep = False
        if connection and not keep:
            await connection.close()
            connection = None
        if pace or random.random() < 0.1:
            await asyncio.sleep(pace or random.random() * 0.02)
    if connection:
        await connection.close()
