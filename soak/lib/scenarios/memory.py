"""One request in a thousand runs into memory_limit: it gets 500, and nobody else notices."""

import asyncio
import time

from ..clients import asking
from ..report import Check, nothing_failed
from ..server import running
from ..tally import Broken, Tally

WORKERS = 4
PACE = 0.05    # seconds between two requests of one client: the fatal ones come about every two seconds
BACK = 5.0     # seconds in which all workers are to be there again


async def run(setup):
    fatal = Tally("requests past memory_limit")
    async with running(setup, WORKERS, memory_limit="64M") as server:
        async with asking(setup, server) as clients:
            for tls in (False, True):
                clients.new_connections(8, tls, PACE)
                clients.kept_connections(8, tls, PACE)
            clients.h2(2, True, PACE)
            end = time.monotonic() + setup.of(40, 6)
            while time.monotonic() < end:
                await asyncio.sleep(0.02)
                if sum(tally.answers for tally in clients.tallies) >= 1000 * (fatal.answers + len(fatal.failures) + 1):
                    await _exhaust(server, fatal)
        back = await server.until_ready()
        said = server.log.read_text(errors="replace").count("Allowed memory size")
    return [
        Check("they get 500", f"{dict(fatal.statuses)}, {fatal.seen()}", set(fatal.statuses) == {500} and not fatal.failures),
        *(nothing_failed(tally) for tally in clients.tallies),
        Check(f"{WORKERS} workers are back within {BACK:.0f} s at the end", f"after {back:.2f} s", back <= BACK),
        Check("the log says why each time", f"{said} times", said >= fatal.answers > 0),
    ]


async def _exhaust(server, tally):
    began = time.monotonic()
    try:
        answer = await server.get("/memory")
        tally.answered(answer.status)
    except Broken as broken:
        tally.failed(broken, "/memory", began)
