"""Rolling reloads under full load: no request fails, and the new code is what answers at the end."""

import asyncio

from ..clients import asking
from ..report import Check, nothing_failed
from ..server import running

WORKERS = 2


async def run(setup):
    reloads, took = setup.of(20, 3), []
    async with running(setup, WORKERS) as server:
        before = len(server.family())
        async with asking(setup, server) as clients:
            _start(clients)
            await asyncio.sleep(setup.of(2, 1))  # under load
            for _ in range(reloads):
                took.append(await server.reload())
                await asyncio.sleep(setup.of(1, 0.3))  # of the new code alone under load
        stats = await server.stats()
        last = {(await server.get("/who")).version for _ in range(50)}
        family = len(server.family())
    return [
        *(nothing_failed(who) for who in clients.tallies + clients.loads),
        Check(f"{reloads} reloads are counted", f"{stats['reloads']}; the slowest took {max(took):.1f} s", stats["reloads"] == reloads),
        Check(f"the last answers come from version {reloads}", f"from {sorted(last)}", last == {reloads}),
        *_went_on(clients.tallies, reloads),
        Check("as many processes as before", f"{before}, then {family}", before == family),
        Check("no restart", f"{stats['restarts']}", stats["restarts"] == 0),
    ]


def _start(clients):
    for tls in (False, True):
        clients.new_connections(4, tls)
        clients.kept_connections(4, tls)
    clients.h2(2, True)
    clients.h2(1, False)
    clients.wrk(8, "http")
    clients.wrk(8, "https")


def _went_on(tallies, reloads):
    """Each client met the new code while it was asking."""
    for tally in tallies:
        last = tally.versions[-1] if tally.versions else None
        yield Check(f"{tally.name}: comes to version {reloads}", f"{last} after {len(set(tally.versions))} versions; "
                    f"{tally.reconnects} reconnects, {tally.retries} retries", last == reloads)
