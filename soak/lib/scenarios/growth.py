"""Two million requests of every kind: the process that answers them does not grow."""

import asyncio
from pathlib import Path

from .. import body, h1, h2
from ..loads import Load, requests
from ..report import Check
from ..server import running
from ..tally import Broken, Tally

MIB = 1 << 20
ROUND = 25_000       # requests of one round: each of its legs has a protocol, with TLS or without
WARM = 4             # rounds after which it may not grow any more
GROWTH = 2 * MIB     # of the resident memory after them
PAGES = ("/hello", "/body?n=1000", "/body?n=40000&by=9973", "/generator", "/json", "/events", "/files/page.txt", "/files/large.bin",
         "/send?name=page.txt", "/send?name=large.bin")  # fmt: skip
CODINGS = (None, None, "gzip", "br", "zstd")
LEGS = [(http, scheme) for http in ("h1", "h2") for scheme in ("http", "https")]
# Pieces of 128 KiB and more, such as what zstd needs, go back to the system when they are freed. Left to itself glibc
# keeps tens of MiB of them, which come and go by chance.
EXACT = "GLIBC_TUNABLES=glibc.malloc.mmap_threshold=131072:glibc.malloc.trim_threshold=131072"
BROKEN = 60          # of a round: replies that the handler breaks off


async def run(setup):
    files = setup.fresh_directory("files")
    (files / "page.txt").write_bytes(body.of(9_000).hex().encode())
    (files / "large.bin").write_bytes(body.of(200_000))
    upload = files / "upload"
    upload.write_bytes(body.of(50_000))
    rounds = setup.of(80, 12)
    seen, legs = [], {leg: Load(" ".join(leg)) for leg in LEGS}
    broken = Tally("broken off")
    async with running(setup, 1, f"--files={files}", environment=[EXACT]) as server:
        for number in range(rounds):
            leg = LEGS[number % len(LEGS)]
            await _ask(setup, server, leg, legs[leg], setup.of(ROUND, 10_000), upload)
            await _break_off(server, leg, broken)
            seen.append((_resident(server.pid), int((await server.get("/usage")).body)))
        stats = await server.stats()
    asked = sum(sum(listener["requests"].values()) for listener in stats["listeners"])
    # Each leg leaves another amount behind it: all of them at the beginning, and all at the end.
    first, last = _mean(seen[WARM:][:len(LEGS)]), _mean(seen[-len(LEGS):])
    growth, most = last - first, max(resident for resident, _ in seen[WARM:]) - first
    heap, heap_last = seen[WARM][1], seen[-1][1]
    return [
        *(Check(f"{load.name}: 0 failed", load.seen(), not load.errors and load.answers > 0) for load in legs.values()),
        Check("replies that are broken off are seen as that", f"{len(broken.failures)}, {broken.answers} looked whole",
              broken.answers == 0 and len(broken.failures) == rounds * BROKEN),
        Check(f"resident memory grows by less than {GROWTH // MIB} MiB after {_many(WARM * asked // rounds)} requests",
              f"from {first / MIB:.1f} MiB by {growth / MIB:+.2f} MiB after {_many(asked)}; at most {most / MIB:+.2f} MiB",
              growth < GROWTH),
        Check("memory_get_usage() does not grow", f"{heap:,} bytes, then {heap_last:,}", heap_last <= heap),
        Check("nothing is left open", f"{[(l['connections']['open'], l['requests']['active']) for l in stats['listeners']]}",
              sum(l["connections"]["open"] for l in stats["listeners"]) <= 1),
    ]  # fmt: skip


async def _ask(setup, server, leg, load, count, upload):
    """A round: pages of all kinds, uploads, and exceptions."""
    http, scheme = leg
    old = http == "h1"
    pages = [server.url(path, scheme) for path in PAGES]
    for coding in CODINGS:
        headers = [f"accept-encoding: {coding}"] if coding else []
        await requests(setup, load, pages, count * 8 // 10 // len(CODINGS), old, headers=headers)
    await requests(setup, load, [server.url("/upload", scheme)], count // 10, old, data=upload)
    await requests(setup, load, [server.url("/throw", scheme)], count // 10, old, status="5xx")


async def _break_off(server, leg, tally):
    http, scheme = leg
    context = h1.trusting("http/1.1" if http == "h1" else "h2") if scheme == "https" else None
    address = server.tls if scheme == "https" else server.plain
    connection = None
    for _ in range(BROKEN):
        if connection is None:
            connection = await (h1 if http == "h1" else h2).Connection.open(address, context)
        try:
            answer = await connection.ask("/abort")
            tally.answered(answer.status)
        except Broken as broken:
            tally.failed(broken, "/abort", 0)
        if http == "h1":
            await connection.close()
            connection = None
    if connection:
        await connection.close()
    await asyncio.sleep(0)


def _mean(seen):
    return sum(resident for resident, _ in seen) / len(seen)


def _resident(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def _many(number):
    return f"{number:,}"
