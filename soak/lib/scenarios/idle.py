"""Ten thousand idle TLS connections, and five hundred busy ones beside them."""

import asyncio
import subprocess

from bench.lib.processes import Process
from bench.lib.setup import TARGET

from ..loads import Load, wrk
from ..report import Check
from ..server import running

KIB = 1024
BUSY = 500
PER_IDLE = 40 * KIB  # the most that an idle TLS connection may cost, in bytes


async def run(setup):
    count, seconds = setup.of((10_000, 20), (1_000, 3))
    load = Load("busy connections")
    async with running(setup, 1, f"--connections={count + BUSY + 10}", "--idle=600") as server:
        await wrk(setup, Load("warm"), server.url("/hello", "https"), 20, 2)
        before = server.process.memory().rss
        command = [TARGET / "release" / "bench-idle", server.tls, count, "tls"]
        client = Process(command, setup.cores, setup.directory / "idle.log", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            opened = await asyncio.to_thread(client.popen.stdout.readline)
            idle = server.process.memory().rss - before
            await wrk(setup, load, server.url("/hello", "https"), BUSY, seconds)
            both = server.process.memory().rss - before
            stats = await server.stats()
            still = client.alive()
        finally:
            client.popen.stdin.close()
            client.stop()
        await server.until("idle connections are gone", lambda stats: _sum(stats, "open") <= 1)
        after = server.process.memory().rss - before
    each, failed = idle * KIB / count, stats["listeners"][1]["handshakes"]["failed"]
    return [
        Check(f"{count:,} idle connections over TLS are opened", opened.decode().strip(), opened == b"open %d\n" % count),
        Check(f"an idle connection costs less than {PER_IDLE // KIB} KiB", f"{each / KIB:.1f} KiB; {idle / KIB:.0f} MiB for all, "
              f"{both / KIB:.0f} MiB with the busy ones, {after / KIB:.0f} MiB when all are gone", each < PER_IDLE),
        Check(f"{BUSY} busy ones beside them: 0 failed", f"{load.seen()}; {load.rate:,.0f} a second, half in {load.half} and 99 of 100 in "
              f"{load.most}", not load.errors and load.answers > 0),
        Check("nothing is refused", f"{_sum(stats, 'refused')}, and {failed} handshakes failed: wrk connects once in vain each time",
              _sum(stats, "refused") == 0 and failed <= 2),
        Check("no idle connection is closed meanwhile", f"{_sum(stats, 'open'):,} are open at the end", still and _sum(stats, "open") >= count),
    ]  # fmt: skip


def _sum(stats, name):
    return sum(listener["connections"][name] for listener in stats["listeners"])
