"""The two pictures of bench/README.md: what is measured for them, and how they are drawn from the results of a run."""

import math

from . import quiet, scenarios, servers, svg
from .scenarios import BY_NAME, CROWD_FILES, Sample, Scenario
from .servers import FPM, REFERENCE, SLUICE, running
from .setup import REFERENCE_BUILD

RINGS = [1024, 2048, 4096, 8192, 17_408, 34_816, 65_536, 262_144, 1_048_576]
STREAMS = {"stream-h1-tls": "HTTP/1.1", "stream-h2-tls": "HTTP/2"}
COUNTS = [0, 1000, 2500, 5000, 10_000]
HOLDERS = [SLUICE, REFERENCE, FPM]


def parts():
    """What is measured: pairs of servers and the scenarios that they run."""
    reference = servers.specs([REFERENCE])
    rings = reference + [servers.sluice(ring) for ring in RINGS]
    holders = [*reference, servers.sluice(None), servers.fpm(CROWD_FILES, ("pages",))]
    return [(rings, [BY_NAME[name] for name in STREAMS]), (holders, [_memory(count) for count in COUNTS])]


def _memory(count):
    """A fresh server in all, warm and with so many idle connections."""

    def run(setup, spec, seconds):
        with running(spec, setup) as server:
            with quiet.connections(setup, server, "tls", quiet.WARM_CONNECTIONS):
                pass
            with quiet.connections(setup, server, "tls", count):
                memory = quiet.settled_memory(server)
        return Sample(value=memory.pss / 1024, detail=vars(memory))

    return Scenario(_memory_name(count), f"server with {count:,} idle TLS connections", "MiB", run, (REFERENCE_BUILD,),
                    fresh=True, usual=False, files=CROWD_FILES)  # fmt: skip


def _memory_name(count):
    return f"memory-{count}"


def draw(results, directory):
    """Writes ring.svg and memory.svg from what report.save() has saved. Errors: a KeyError if a figure is missing."""
    rows = {(row["scenario"], row["server"]): row for row in results["summary"] if row["value"] is not None}
    directory.mkdir(exist_ok=True)
    (directory / "ring.svg").write_text(_ring(rows))
    (directory / "memory.svg").write_text(_held(rows))


def _ring(rows):
    lines = []
    for scenario, name in STREAMS.items():
        found = [(ring, rows[scenario, servers.sluice(ring).name]) for ring in RINGS]
        lines.append(svg.Line(name, [(ring, row["ratio"], row["ratio_low"], row["ratio_high"]) for ring, row in found]))
    x = svg.Axis("size of the TLS ring, logarithmic", [(ring, _size(ring)) for ring in RINGS], math.log2)
    y = svg.Axis("throughput, times the reference", svg.from_zero(_highest(lines)))
    title = f"Throughput of a {scenarios.STREAM_MIB} MiB stream over TLS against the size of the ring"
    return svg.chart(title, x, y, lines, (1, "reference"))


def _held(rows):
    lines = []
    for server in HOLDERS:
        found = [(count, rows[_memory_name(count), server]["value"]) for count in COUNTS]
        lines.append(svg.Line(server, [(count, value, value, value) for count, value in found]))
    x = svg.Axis("idle TLS connections", [(count, f"{count:,}") for count in COUNTS])
    y = svg.Axis("memory of the server in all (Pss), MiB", svg.from_zero(_highest(lines)))
    return svg.chart("Memory of the server against idle TLS connections", x, y, lines)


def _size(bytes):
    return f"{bytes / 1024:g} KiB" if bytes < 1 << 20 else f"{bytes / (1 << 20):g} MiB"


def _highest(lines):
    return max(high for line in lines for *_, high in line.points)
