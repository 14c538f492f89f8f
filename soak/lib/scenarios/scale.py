"""Two workers on two cores: nearly twice the answers of one, and the same processor time for each.

How much two processes can gain is measured beside it with plain PHP: 2 x on two cores that nobody else uses, less on a
machine that is busy or only seems to have two.
"""

import asyncio
import os
import resource
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.lib.processes import TICKS, Process

from .. import loads
from ..report import Check
from ..server import running

SHARE = 0.8          # of what two processes of plain PHP gain: 1.6 x on two free cores
GROWTH = 1.10
CONNECTIONS = 16
STREAMS = 4
SECONDS = 1          # of each load


@dataclass
class Sample:
    rate: float      # answers per second
    cpu: float       # seconds of the server's processes for each
    others: float    # share of the machine that neither the server nor its client had, and that was not idle


async def run(setup):
    """The work is PHP's, so that the client beside it needs little of the same two cores."""
    if len(os.sched_getaffinity(0)) < 2:
        return [Check("two cores", "this machine has one", False)]
    samples = {(name, workers): [] for name in LOADS for workers in (1, 2)}
    errors, gains = Counter(), []
    async with running(setup, 1) as one, running(setup, 2) as two:
        servers = {1: one, 2: two}
        for name, workers in samples:
            await _measure(setup, servers[workers], LOADS[name], errors)  # warm
        # Short and many: what else the machine does changes within seconds.
        for _ in range(setup.of(9, 2)):
            gains.append(await _rounds(setup, 2) / await _rounds(setup, 1))
            for name, workers in samples:
                samples[name, workers].append(await _measure(setup, servers[workers], LOADS[name], errors))
    checks = [Check("0 failed", str(dict(errors)) if errors.total() else "none", not errors.total())]
    for name in LOADS:
        checks += _compare(name, samples[name, 1], samples[name, 2], median(gains))
    return checks


async def _rounds(setup, count):
    """What so many processes of plain PHP do of the same work in a second."""
    code = """
        $sum = ''; $rounds = 0; $end = hrtime(true) + 1e9;
        for (; hrtime(true) < $end; $rounds++) { for ($i = 0; $i < 400; $i++) { $sum = md5($sum . $i); } }
        echo $rounds;
        """
    log = setup.directory / "plain-php.log"
    running = [Process(["php", "-n", "-r", code], setup.cores, log, stdout=subprocess.PIPE) for _ in range(count)]
    try:
        said = await asyncio.gather(*(asyncio.to_thread(process.popen.communicate) for process in running))
    finally:
        for process in running:
            process.stop()
    return sum(int(text) for text, _ in said)


async def _wrk(setup, load, server):
    await loads.wrk(setup, load, server.url("/work"), CONNECTIONS, SECONDS)


async def _h2load(setup, load, server):
    await loads.h2load(setup, load, server.url("/work", "https"), CONNECTIONS, STREAMS, SECONDS)


LOADS = {"h1": _wrk, "h2 TLS": _h2load}


async def _measure(setup, server, run_load, errors):
    load = loads.Load("measured")
    server_before, client_before, (busy_before, all_before) = server.cpu_seconds(), _children_cpu(), _machine_cpu()
    await run_load(setup, load, server)
    server_used, client_used = server.cpu_seconds() - server_before, _children_cpu() - client_before
    busy, everything = (now - before for now, before in zip(_machine_cpu(), (busy_before, all_before)))
    errors.update(load.errors)
    return Sample(load.rate, server_used / load.answers, max(0, busy - server_used - client_used) / everything)


def _children_cpu():
    """Seconds of the children that have ended: of the clients."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _machine_cpu():
    """Seconds that all cores were busy, and all that they had."""
    times = [int(field) / TICKS for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(times) - times[3] - times[4], sum(times)


def _compare(name, ones, twos, gain):
    """Pair by pair: a round in which the machine was slow was slow for both."""
    rate = median(two.rate / one.rate for one, two in zip(ones, twos))
    growth = median(two.cpu / one.cpu for one, two in zip(ones, twos))
    rates = [median(sample.rate for sample in samples) for samples in (ones, twos)]
    cpu = [median(sample.cpu for sample in samples) * 1e6 for samples in (ones, twos)]
    least, others = SHARE * gain, median(sample.others for sample in ones + twos)
    return [
        Check(f"{name}: at least {least:.2f} x the answers, {SHARE} of the {gain:.2f} x that plain PHP gains",
              f"{rate:.2f} x: {rates[0]:,.0f}/s, then {rates[1]:,.0f}/s; others had {others:.0%} of the machine", rate >= least),
        Check(f"{name}: processor time per answer at most {GROWTH:.2f} x",
              f"{growth:.2f} x: {cpu[0]:.0f} µs, then {cpu[1]:.0f} µs", growth <= GROWTH),
    ]
