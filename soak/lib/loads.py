"""wrk and h2load, beside the clients that look closer, and the errors that they count themselves.

wrk counts a connection that the server closes with nothing asked as a read error; it is stricter there than RFC 9112.
"""

import asyncio
import re
import subprocess
from collections import Counter
from dataclasses import dataclass, field

from bench.lib.processes import Process

GRACE = 15  # seconds past its own duration that one run may take


@dataclass
class Load:
    """What all runs of one program have counted."""

    name: str
    answers: int = 0
    errors: Counter = field(default_factory=Counter)
    rate: float = 0.0    # answers per second in the last run
    half: str = ""       # in which time half of its answers came, as wrk says it
    most: str = ""       # and 99 of 100

    def seen(self):
        kinds = ", ".join(f"{count} x {kind}" for kind, count in self.errors.most_common())
        return f"{self.answers:,} answers, {self.errors.total()} failed" + (f": {kinds}" if kinds else "")


async def wrk(setup, load, url, connections, seconds=3):
    """HTTP/1.1 over kept connections, one request at a time on each, at full speed."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", url]
    await _run(setup, load, command, seconds, _read_wrk)


async def h2load(setup, load, url, connections, streams, seconds=3):
    """HTTP/2 at full speed. It opens no other connection after a GOAWAY: it is for servers that are not loaded again."""
    command = ["h2load", "-t1", f"-c{connections}", f"-m{streams}", f"-D{seconds}", url]
    await _run(setup, load, command, seconds, _read_h2load)


async def requests(setup, load, urls, count, h1=False, data=None, headers=(), status="2xx"):
    """So many requests for the URLs by turns, each of which must get this kind of status. `data`: a file that is sent."""
    command = ["h2load", "-t1", "-c8", f"-m{1 if h1 else 8}", f"-n{count}", *(["--h1"] if h1 else [])]
    for header in headers:
        command += ["-H", header]
    command += ["-d", data] if data else []

    def read(load, text):
        answered = int(re.search(rf"(\d+) {status}", text).group(1))
        load.answers += answered
        if answered != count:
            load.errors[f"not {status}: {text[-600:]}"] += count - answered

    await _run(setup, load, command + urls, count / 100, read)


async def again(stop, run):
    """Runs until the event `stop` is set; the last run comes to its end."""
    while not stop.is_set():
        await run()


async def _run(setup, load, command, seconds, read):
    process = Process(command, setup.cores, setup.directory / f"{command[0]}.log", stdout=subprocess.PIPE)
    try:
        text, _ = await asyncio.to_thread(process.popen.communicate, timeout=seconds + GRACE)
        read(load, text.decode())
    except subprocess.TimeoutExpired:
        load.errors["does not come to an end"] += 1
    except AttributeError:  # a search that found nothing
        load.errors[f"prints what is not understood: {text[-200:]!r}"] += 1
    finally:
        process.stop()


def _read_wrk(load, text):
    load.answers += int(re.search(r"(\d+) requests in", text).group(1))
    load.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    load.half, load.most = (re.search(rf"^ +{part}% +(\S+)$", text, re.MULTILINE).group(1) for part in (50, 99))
    if errors := re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text):
        load.errors += Counter(dict(zip(("connect", "read", "write", "timeout"), map(int, errors.groups()))))
    if bad := re.search(r"Non-2xx or 3xx responses: (\d+)", text):
        load.errors["status"] += int(bad.group(1))


def _read_h2load(load, text):
    load.rate = float(re.search(r"finished in \S+ ([\d.]+) req/s", text).group(1))
    succeeded, failed, errored, timeout = map(int, re.search(
        r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", text).groups())
    load.answers += succeeded
    load.errors += Counter({"failed": failed, "errored": errored, "timeout": timeout})
