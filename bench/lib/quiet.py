"""Connections that do nothing, or whose requests wait, and what memory a server holds for them."""

import http.client
import subprocess
import time
from contextlib import contextmanager

from .loads import LoadError
from .processes import Process, wait_until

WARM_CONNECTIONS = 20
PATIENCE = 60  # seconds for all connections to open, and for all requests to arrive


def growth(setup, server, kind, count):
    """Memory that a fresh server holds for `count` connections, above that of a warm one with none. `kind`: see bench-idle."""
    with connections(setup, server, kind, WARM_CONNECTIONS):
        pass
    if kind == "waiting":
        _wait_for_waiting(server, 0)
    before = settled_memory(server)
    with connections(setup, server, kind, count):
        return settled_memory(server) - before


@contextmanager
def connections(setup, server, kind, count):
    """Holds `count` connections for the length of a `with` block. Errors: a LoadError if not all are there at its end."""
    directory = setup.fresh_directory("idle")
    address = server.plain if kind in ("plain", "waiting") else server.tls
    command = [setup.reference("bench-idle"), address, count, kind]
    with open(directory / "out", "wb") as out:
        client = Process(command, setup.client_core, directory / "log", stdin=subprocess.PIPE, stdout=out)
    try:
        opened = f"open {count}\n"
        wait_until(lambda: (directory / "out").read_text() == opened, client, f"{count} connections to {server.name}", PATIENCE)
        if kind == "waiting":
            _wait_for_waiting(server, count)
        yield
        if (held := server.open_files()) < count:
            raise LoadError(f"{server.name} has {held} files open, and should hold {count} connections")
    finally:
        client.popen.stdin.close()
        client.stop()


def _wait_for_waiting(server, count):
    process, *_ = server.processes
    wait_until(lambda: _waiting(server) == count, process, f"{count} requests that wait in {server.name}", PATIENCE)


def _waiting(server):
    connection = http.client.HTTPConnection(server.plain, timeout=10)
    connection.request("GET", "/waiting")
    number = int(connection.getresponse().read())
    connection.close()
    return number


def settled_memory(server):
    """The server's memory once it has stayed the same for three seconds (to 16 KiB), or after twenty seconds.

    What becomes free goes back to the system a second or two later.
    """
    deadline = time.monotonic() + 20
    memory, same = server.memory(), 0
    while same < 30 and time.monotonic() < deadline:
        time.sleep(0.1)
        last, memory = memory, server.memory()
        same = same + 1 if abs(memory.pss - last.pss) <= 16 else 0
    return memory
