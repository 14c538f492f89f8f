"""The load clients, and what they print, as numbers."""

import json
import re
import resource
import subprocess
import time
from dataclasses import dataclass

from .content import FORM_TYPE
from .processes import Memory, Process
from .setup import BENCH

GRACE = 20  # seconds past its own duration that a client may take
UPLOAD_PATIENCE = 0.5  # seconds per upload, on the average of all
SAMPLES_APART = 0.1  # seconds between two looks at the memory of a server whose peak is wanted


class LoadError(Exception):
    """A load that did not work: no figure can be made of it."""


@dataclass
class Load:
    """One run of a client against a server."""

    requests: int
    rate: float                # requests per second, by the client's own clock
    p50_us: float
    p99_us: float
    errors: int
    elapsed: float             # by the wall clock, with the client's start and end
    client_cpu: float          # seconds of processor time
    server_cpu: float
    memory: object             # of the server in the middle of the run; of an upload, where its Rss was highest


def wrk(setup, server, url, connections, seconds, headers=(), script=None):
    """HTTP/1.1 over keep-alive connections, one request at a time on each, or as the script of bench/wrk has it."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    command += ["-s", BENCH / "wrk" / script] if script else []
    return _load(setup, server, [*command, *_with(headers), url], seconds, parse_wrk)


def h2load(setup, server, url, connections, streams, seconds, headers=()):
    """HTTP/2: `streams` requests at a time on each connection."""
    log = setup.fresh_directory("h2load") / "requests"
    command = ["h2load", "-t1", f"-c{connections}", f"-m{streams}", f"-D{seconds}", f"--log-file={log}", *_with(headers), url]
    return _load(setup, server, command, seconds, lambda text: parse_h2load(text, log))


def upload(setup, server, url, clients, rounds, h1):
    """`clients` connections, on each `rounds` times the form, one after another.

    A number, and not a duration: uploads that run side by side also end side by side, and in a few seconds so few times
    that the last ones, cut off, would be much of the figure.
    """
    log = setup.fresh_directory("h2load") / "requests"
    command = ["h2load", "-t1", f"-c{clients}", "-m1", f"-n{clients * rounds}", f"--log-file={log}"]
    command += [f"-d{setup.content.form}", *_with([f"Content-Type: {FORM_TYPE}"]), *(["--h1"] if h1 else []), url]
    patience = clients * rounds * UPLOAD_PATIENCE
    return _load(setup, server, command, patience, lambda text: parse_h2load(text, log), _watch_peak)


def _with(headers):
    return [argument for header in headers for argument in ("-H", header)]


def connect(setup, server, address, kind, tasks, seconds, name=None):
    """New TLS connections, each for one request, or with a `name` for the handshake alone. `kind`: "full" or "resumed"."""
    command = [setup.reference("bench-connect"), address, seconds, tasks, kind, *([name] if name else [])]
    return _load(setup, server, command, seconds, lambda text: parse_connect(text, kind))


def _load(setup, server, command, seconds, parse, watch=None):
    if not server.alive():
        raise LoadError(f"{server.name} is not running any more")
    log = setup.fresh_directory("load") / "log"
    server_cpu, client_cpu, start = server.cpu_seconds(), _children_cpu(), time.monotonic()
    process = Process(command, setup.client_core, log, stdout=subprocess.PIPE)
    try:
        text, memory = (watch or _watch)(process, server, seconds)
    finally:
        process.stop()
    elapsed = time.monotonic() - start
    if process.popen.returncode != 0:
        raise LoadError(f"{command[0]} ended with {process.popen.returncode}: {log.read_text(errors='replace').strip()}")
    try:
        measured = parse(text)
    except (AttributeError, ValueError, KeyError) as error:  # a search that found nothing, above all
        raise LoadError(f"{command[0]} printed what is not understood ({error}): {text}") from error
    if measured["requests"] == 0:
        raise LoadError(f"no request was answered: {text.strip()} {log.read_text(errors='replace').strip()}")
    return Load(
        **measured, elapsed=elapsed, memory=memory,
        client_cpu=_children_cpu() - client_cpu, server_cpu=server.cpu_seconds() - server_cpu,
    )  # fmt: skip


def _watch(process, server, seconds):
    """What the client prints, and the server's memory while it is under load."""
    try:
        text, _ = process.popen.communicate(timeout=seconds * 0.7)
        return text.decode(), server.memory()
    except subprocess.TimeoutExpired:
        memory = server.memory()
    try:
        text, _ = process.popen.communicate(timeout=seconds + GRACE)
    except subprocess.TimeoutExpired:
        raise LoadError("the client does not come to an end") from None
    return text.decode(), memory


def _watch_peak(process, server, seconds):
    """What the client prints, and the server's memory at the moment when most of it was resident."""
    memory, deadline = Memory(), time.monotonic() + seconds + GRACE
    while time.monotonic() < deadline:
        memory = max(memory, server.memory(), key=lambda memory: memory.rss)
        try:
            text, _ = process.popen.communicate(timeout=SAMPLES_APART)
            return text.decode(), memory
        except subprocess.TimeoutExpired:
            pass
    raise LoadError("the client does not come to an end")


def _children_cpu():
    """Processor time of the children that have ended: between two calls, with no server stopped, that of the client."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def parse_wrk(text):
    requests = int(re.search(r"(\d+) requests in", text).group(1))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    socket_errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    bad_status = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    errors = sum(map(int, socket_errors.groups())) if socket_errors else 0
    errors += int(bad_status.group(1)) if bad_status else 0
    return {
        "requests": requests,
        "rate": rate,
        "p50_us": _microseconds(re.search(r"^ +50% +(\S+)", text, re.MULTILINE).group(1)),
        "p99_us": _microseconds(re.search(r"^ +99% +(\S+)", text, re.MULTILINE).group(1)),
        "errors": errors,
    }


def parse_h2load(text, log):
    """Counts and rate from what it prints, percentiles from its log: a line per request with start, status and microseconds."""
    rate = float(re.search(r"finished in \S+ ([\d.]+) req/s", text).group(1))
    counts = re.search(r"(\d+) succeeded, (\d+) failed, \d+ errored, (\d+) timeout", text)
    succeeded, failed, timeout = map(int, counts.groups())
    latencies = sorted(int(line.rsplit(b"\t", 1)[1]) for line in log.read_bytes().splitlines())
    log.unlink()
    return {
        "requests": succeeded,
        "rate": rate,
        "p50_us": percentile(latencies, 0.50),
        "p99_us": percentile(latencies, 0.99),
        "errors": failed + timeout,
    }


def parse_connect(text, kind):
    said = json.loads(text)
    resumed = said["resumed"]
    if kind == "full" and resumed or kind == "resumed" and resumed < said["connections"] * 0.9:
        raise LoadError(f"{resumed} of {said['connections']} connections were resumed, not what {kind!r} asks for")
    return {
        "requests": said["connections"],
        "rate": said["connections"] / said["seconds"],
        "p50_us": said["p50_us"],
        "p99_us": said["p99_us"],
        "errors": said["failed"],
    }


def percentile(ordered, share):
    return ordered[round((len(ordered) - 1) * share)] if ordered else 0


def _microseconds(text):
    """A duration as wrk prints it: "635.00us", "1.50ms", "3.10s", "1.00m"."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m|h)", text).groups()
    return float(number) * {"us": 1, "ms": 1e3, "s": 1e6, "m": 60e6, "h": 3600e6}[unit]
