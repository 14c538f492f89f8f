"""Every server gives the right answers before it is measured: a fast wrong answer is not fast."""

import http.client
import json
import re
import socket
import ssl
import subprocess
import zlib

from .content import DOCUMENT, FILES, FORM_TYPE, JSON_HEADERS, UPLOAD_BYTES, digest
from .setup import program

BODIES = {"/hello": 13, "/end64k": 65536, "/stream": 640 * 16384}


class WrongAnswer(Exception):
    """A server that does not do what the others do."""


def check(setup, server, gives):
    """`gives`: names of CHECKS. Errors: a WrongAnswer that says what was asked and what came."""
    for name in gives:
        CHECKS[name](setup, server)


def _check_hello(setup, server):
    _check_pages(setup, server, ["/hello"])


def _check_pages(_, server, paths=BODIES):
    for path in paths:
        length = BODIES[path]
        _check_h1(server, path, length, http.client.HTTPConnection(server.plain, timeout=10))
        _check_h1(server, path, length, http.client.HTTPSConnection(server.tls, timeout=10, context=_trusting()))
        _check_h2(server, path, length)


def _check_files(setup, server):
    for name, size in FILES.items():
        wanted = ("200", setup.content.digests[name], "application/octet-stream", str(size), None)
        for way, headers, body in _each_way(server, f"/files/{name}"):
            stated = map(headers.get, ("content-type", "content-length", "content-encoding"))
            got = (headers[":status"], digest(body), *stated)
            _compare(server, f"{way} /files/{name}", got, wanted)


def _check_document(setup, server):
    for coding in (None, "gzip"):
        wanted = ("200", setup.content.digests[DOCUMENT], "application/json", coding)
        asking = ["-H", f"Accept-Encoding: {coding}"] if coding else []
        for way, headers, body in _each_way(server, f"/{DOCUMENT}", *asking):
            plain = zlib.decompress(body, wbits=31) if headers.get("content-encoding") == "gzip" else body
            got = (headers[":status"], digest(plain), *map(headers.get, ("content-type", "content-encoding")))
            _compare(server, f"{way} /{DOCUMENT}, Accept-Encoding: {coding}", got, wanted)


def _check_json(setup, server):
    """The very bytes, and with one header less the sum that is less by it: all of them are read."""
    headers = [f"{name}: {value}" for name, value in JSON_HEADERS.items()]
    asking = [argument for header in headers for argument in ("-H", header)]
    for way, headers, body in _each_way(server, "/json", *asking):
        stated = map(headers.get, ("content-type", "content-length"))
        wanted = ("200", digest(setup.content.json), "application/json", str(len(setup.content.json)))
        _compare(server, f"{way} /json", (headers[":status"], digest(body), *stated), wanted)
    total = sum(map(len, JSON_HEADERS.values()))
    for name, value in JSON_HEADERS.items():
        without = {other: value for other, value in JSON_HEADERS.items() if other != name}
        got = json.loads(_get(server, "/json", without))["headers"]
        _compare(server, f"/json without {name}", got, total - len(value))


def _check_waiting(_, server):
    _compare(server, "/waiting", _get(server, "/waiting", {}), b"0")


def _get(server, path, headers):
    """The body of an answer over plain HTTP/1.1 to a request with these headers and Host, and no other."""
    connection = http.client.HTTPConnection(server.plain, timeout=10)
    connection.putrequest("GET", path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    body = connection.getresponse().read()
    connection.close()
    return body


def _check_upload(setup, server):
    form = ["--data-binary", f"@{setup.content.form}", "-H", f"Content-Type: {FORM_TYPE}", "-H", "Expect:"]
    for way, headers, body in _each_way(server, "/upload", *form):
        _compare(server, f"{way} /upload", (headers[":status"], body), ("200", b"%d" % UPLOAD_BYTES))


def _check_handshakes(setup, server):
    for name, certificate in [("localhost", setup.certificate), ("rsa.localhost", setup.rsa_certificate)]:
        host, port = server.tls.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=10) as tcp:
            with _trusting().wrap_socket(tcp, server_hostname=name) as tls:
                got = (tls.version(), tls.getpeercert(binary_form=True))
        wanted = ("TLSv1.3", ssl.PEM_cert_to_DER_cert(certificate.read_text()))
        _compare(server, f"a handshake with {name}", got, wanted)


CHECKS = {
    "pages": _check_pages,
    "hello": _check_hello,
    "files": _check_files,
    "document": _check_document,
    "json": _check_json,
    "waiting": _check_waiting,
    "upload": _check_upload,
    "handshakes": _check_handshakes,
}


def _each_way(server, path, *options):
    """curl's answers over HTTP/1.1, plain and TLS, and over HTTP/2: by which of them, the headers, the body as sent."""
    ways = {
        "HTTP/1.1": ["--http1.1", f"http://{server.plain}{path}"],
        "HTTP/1.1 over TLS": ["--http1.1", f"https://{server.tls}{path}"],
        "HTTP/2": ["--http2", f"https://{server.tls}{path}"],
    }
    for way, arguments in ways.items():
        command = [program("curl"), "-sSki", "--max-time", "20", *options, *arguments]
        done = subprocess.run(command, capture_output=True)
        if done.returncode != 0:
            raise WrongAnswer(f"{server.name}: {way} {path} failed: {done.stderr.decode().strip()}")
        protocol, headers, body = _parse(done.stdout)
        _compare(server, f"{way} {path} by the protocol", protocol, way.split(" ")[0])
        yield way, headers, body


def _parse(answer):
    """The protocol, the headers by their names in small letters, the status among them as ":status", and the body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    protocol, code, *_ = status.split(" ")
    fields = (line.partition(":") for line in lines)
    return protocol, {":status": code} | {name.lower(): value.strip() for name, _, value in fields}, body


def _check_h1(server, path, length, connection):
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    kind = (response.getheader("Content-Type") or "").split(";")[0]
    framing = "chunked" if response.getheader("Transfer-Encoding") == "chunked" else "length"
    got = (response.status, len(body), kind, framing, path != "/hello" or body == b"Hello, World!")
    connection.close()
    _compare(server, f"HTTP/1.1 {path}", got, (200, length, "text/plain", "chunked" if path == "/stream" else "length", True))


def _check_h2(server, path, length):
    command = [program("h2load"), "-n1", "-c1", f"https://{server.tls}{path}"]
    text = subprocess.run(command, capture_output=True, text=True, timeout=20).stdout
    protocol = re.search(r"Application protocol: (\S+)", text)
    good = re.search(r"status codes: (\d+) 2xx", text)
    data = re.search(r"\((\d+)\) data", text)
    got = tuple(found.group(1) if found else None for found in (protocol, good, data))
    _compare(server, f"HTTP/2 {path}", got, ("h2", "1", str(length)))


def _compare(server, what, got, wanted):
    if got != wanted:
        raise WrongAnswer(f"{server.name}: {what} gave {got}, not {wanted}")


def _trusting():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
