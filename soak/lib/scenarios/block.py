"""Handlers that block: with new connections at half of the capacity nobody waits long for a worker."""

import asyncio
import random
import time

from .. import h1
from ..report import Check, nothing_failed
from ..server import running
from ..tally import Broken, Tally

WORKERS = 8
BLOCK = 0.020            # seconds
LOAD = 0.5               # of the capacity
SEED = 1                 # every run has the same arrivals


async def run(setup):
    rate = LOAD * WORKERS / BLOCK
    tally = Tally("new connections")
    arrivals = random.Random(SEED)
    async with running(setup, WORKERS) as server:
        # Not in turn with the answers: a client that waits would hide that others would have to.
        due = began = time.monotonic()
        tasks = []
        while due < began + setup.of(20, 4):
            due += arrivals.expovariate(rate)
            await asyncio.sleep(max(0, due - time.monotonic()))
            tasks.append(asyncio.create_task(_ask(server.plain, tally, due)))
        await asyncio.gather(*tasks)
    waits = sorted(tally.latencies)
    p50, p99 = (waits[int(len(waits) * share)] if waits else float("inf") for share in (0.5, 0.99))
    limit = 3 * BLOCK
    return [
        nothing_failed(tally),
        Check(f"p99 below {limit * 1000:.0f} ms, at {rate:.0f} connections/s that block {BLOCK * 1000:.0f} ms",
              f"p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms, longest {waits[-1] * 1000:.0f} ms" if waits else "nothing",
              p99 < limit),
    ]


async def _ask(address, tally, due):
    path = f"/block?ms={BLOCK * 1000:.0f}"
    try:
        connection = await h1.Connection.open(address)
        answer = await connection.ask(path, close=True)
        h1.check(path, answer)
        tally.latencies.append(time.monotonic() - due)
        tally.answered(answer.status)
        await connection.close()
    except Broken as broken:
        tally.failed(broken, path, due)
