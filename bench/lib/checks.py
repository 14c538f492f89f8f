"""Every server gives the right answers before it is measured: a fast wrong answer is not fast."""

import http.client
import re
import ssl
import subprocess

from .setup import program

BODIES = {"/hello": 13, "/end64k": 65536, "/stream": 640 * 16384}


class WrongAnswer(Exception):
    """A server that does not do what the others do."""


def check(server):
    """Errors: a WrongAnswer that says what was asked and what came."""
    for path, length in BODIES.items():
        _check_h1(server, path, length, http.client.HTTPConnection(server.plain, timeout=10))
        _check_h1(server, path, length, http.client.HTTPSConnection(server.tls, timeout=10, context=_trusting()))
        _check_h2(server, path, length)


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
