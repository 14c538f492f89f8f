"""kill -9 of a random worker every second: only what was in flight on that worker fails."""

import asyncio
import random
import time
from dataclasses import dataclass

from ..clients import asking
from ..report import Check
from ..server import kill, running

WORKERS = 4
BACK = 5.0    # seconds in which all workers are to be there again
SEEN = 1.0    # seconds after a kill in which its clients have seen it: the kernel tells them at once


@dataclass
class Kill:
    pid: int
    at: float
    back: float = None    # seconds until all workers were ready


async def run(setup):
    kills = []
    async with running(setup, WORKERS) as server:
        async with asking(setup, server) as clients:
            for tls in (False, True):
                clients.new_connections(4, tls)
                clients.kept_connections(8, tls)
            clients.h2(4, True)
            end = time.monotonic() + setup.of(30, 5)
            while time.monotonic() < end:
                await asyncio.sleep(1)
                victim = random.choice(await server.ready())
                kills.append(Kill(victim, time.monotonic()))
                kill(victim)
                kills[-1].back = await server.until_ready([victim])
        stats = await server.stats()
    connections = 2 * (4 + 8) + 4
    return _checks(clients.tallies, kills, connections, stats)


def _checks(tallies, kills, connections, stats):
    failures = [failure for tally in tallies for failure in tally.failures]
    strange = [failure for failure in failures if not _explained(failure, kills)]
    refused = [failure for failure in failures if "refused" in failure.kind]
    # The streams of an h2 connection fail together: a connection counts once for each kill.
    most = len(kills) * (connections + 3 * 4)
    answers = sum(tally.answers for tally in tallies)
    slowest = max(kill.back for kill in kills)
    return [
        Check("every failure was in flight on the killed worker", _some(strange) or "each was", not strange),
        Check("0 refused connections", _some(refused) or "none", not refused),
        Check(f"at most {most} failures: what {len(kills)} workers could have had",
              f"{len(failures)} of {answers + len(failures):,}: " + "; ".join(f"{t.name} {len(t.failures)}" for t in tallies),
              len(failures) <= most),
        Check("every client is answered", ", ".join(f"{t.name} {t.answers:,}" for t in tallies), all(t.answers for t in tallies)),
        Check(f"{WORKERS} workers are back within {BACK:.0f} s each time", f"{len(kills)} kills, the slowest took {slowest:.2f} s", slowest <= BACK),
        Check("each is counted as a restart", f"{stats['restarts']}", stats["restarts"] == len(kills)),
    ]


def _explained(failure, kills):
    """A worker was killed while the exchange ran, or just before it was seen, and it was not another one than that asked."""
    return any(
        failure.began <= kill.at + SEEN and kill.at <= failure.ended and failure.pid in (None, kill.pid)
        and (failure.pid == kill.pid or failure.began <= kill.at)
        for kill in kills
    )


def _some(failures):
    return f"{len(failures)}: " + "; ".join(map(str, failures[:3])) if failures else ""
