"""How long a server takes from its start to its first answer."""

import select
import socket
import subprocess
import time
from statistics import median

from .loads import LoadError
from .processes import Process

REQUEST = b"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
PATIENCE = 10  # seconds for one step of a start


def measure(setup, command, bare, times):
    """Milliseconds from the start of `command` to the last byte of its first answer, and those in which the program `bare`
    starts and ends: the medians of so many, by turns. `command` prints "plain tcp://..." once it can be connected to.
    """
    log = setup.fresh_directory("start") / "log"
    pairs = [(_first_answer(setup, command, log), _whole_run(setup, bare, log)) for _ in range(times)]
    answers, bares = zip(*pairs)
    return median(answers) * 1000, median(bares) * 1000


def _first_answer(setup, command, log):
    start = time.perf_counter()
    process = Process(command, setup.server_core, log, stdout=subprocess.PIPE)
    try:
        line = _output(process).split()
        if len(line) != 2:
            raise LoadError(f"{command[0]} does not start: {log.read_text(errors='replace').strip()}")
        answer = _ask(line[1].removeprefix("tcp://"))
        elapsed = time.perf_counter() - start
    finally:
        process.stop()
        process.popen.stdout.close()
    if not answer.startswith(b"HTTP/1.1 200 ") or not answer.endswith(b"\r\n\r\nHello, World!"):
        raise LoadError(f"the first answer is {answer!r}")
    return elapsed


def _ask(address):
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(REQUEST)
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
    return answer


def _whole_run(setup, command, log):
    start = time.perf_counter()
    process = Process(command, setup.server_core, log, stdout=subprocess.PIPE)
    try:
        output = _output(process)
        elapsed = time.perf_counter() - start
        status = process.popen.wait(PATIENCE)
    finally:
        process.stop()
        process.popen.stdout.close()
    if output or status != 0:
        raise LoadError(f"{command[0]} ended with {status}: {output} {log.read_text(errors='replace').strip()}")
    return elapsed


def _output(process):
    """What comes first: a line that the program prints, or nothing, when it ends. No other wait sees either at once."""
    readable, _, _ = select.select([process.popen.stdout], [], [], PATIENCE)
    if not readable:
        raise LoadError("the program neither prints nor ends")
    return process.popen.stdout.readline().decode()
