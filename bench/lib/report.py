"""From samples to medians, ratios, Markdown and JSON."""

import json
import time
from dataclasses import asdict, dataclass
from statistics import median

DECIMALS = {"bytes": 0, "x": 2}  # of a second figure, by its unit


@dataclass
class Row:
    """What all rounds say of one server in one scenario: medians, and the ratios of the pairs. None: no such figure."""

    scenario: str
    server: str
    rounds: int
    is_baseline: bool = False
    value: float = None
    ratio: float = None
    ratio_low: float = None
    ratio_high: float = None
    p50_us: float = None
    p99_us: float = None
    cpu_us: float = None
    cpu_ratio: float = None
    memory_kib: float = None
    server_busy: float = None
    client_busy: float = None
    errors: int = 0
    extra: float = None
    extra_ratio: float = None
    failures: tuple = ()


def summarise(measured, scenarios, specs):
    """A row for each scenario and server, in their order, but the one that others are compared with first."""
    rows = []
    for scenario in scenarios:
        baseline = _by_round(measured, scenario.name, scenario.baseline)
        names = [spec.name for spec in specs if scenario.runs_on(spec)]
        for name in sorted(names, key=lambda name: name != scenario.baseline):
            rows.append(_row(measured, scenario, name, baseline))
    return rows


def _by_round(measured, scenario, server):
    return {m.round: m.sample for m in measured if (m.scenario, m.server) == (scenario, server) and m.sample}


def _row(measured, scenario, server, baseline):
    samples = _by_round(measured, scenario.name, server)
    row = Row(scenario.name, server, len(samples), is_baseline=server == scenario.baseline)
    row.failures = tuple(m.failure for m in measured if (m.scenario, m.server) == (scenario.name, server) and m.failure)
    row.errors = sum(sample.errors for sample in samples.values())
    for name in ["value", "p50_us", "p99_us", "cpu_us", "memory_kib", "server_busy", "client_busy", "extra"]:
        figures = [figure for sample in samples.values() if (figure := getattr(sample, name)) is not None]
        setattr(row, name, median(figures) if figures else None)
    if ratios := _pairs(samples, baseline, "value"):
        row.ratio, row.ratio_low, row.ratio_high = median(ratios), min(ratios), max(ratios)
    if ratios := _pairs(samples, baseline, "cpu_us"):
        row.cpu_ratio = median(ratios)
    if ratios := _pairs(samples, baseline, "extra"):
        row.extra_ratio = median(ratios)
    return row


def _pairs(samples, baseline, name):
    """Ratios pair by pair: a round in which the machine was slow was slow for both."""
    return [
        getattr(sample, name) / getattr(baseline[number], name)
        for number, sample in samples.items()
        if number in baseline and getattr(baseline[number], name)
    ]


def markdown(rows, scenarios):
    """One table, a line per scenario and server."""
    lines = [
        "| scenario | server | result | ratio | p50 | p99 | CPU/request | memory | busy: server, client |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for scenario in scenarios:
        title = scenario.title
        for row in (row for row in rows if row.scenario == scenario.name):
            cells = [
                title, row.server, _value(row, scenario.unit), _ratio(row), _time(row.p50_us), _time(row.p99_us),
                _cpu(row), _mib(row.memory_kib), _busy(row),
            ]  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
            title = ""
    return "\n".join(lines)


def markdown_by_server(rows, scenarios):
    """A line per server and a column per scenario, with one for the CPU time where there is such a figure."""
    names = list(dict.fromkeys(row.server for row in rows))
    by_place = {(row.server, row.scenario): row for row in rows}
    loads = {row.scenario for row in rows if row.cpu_us is not None}
    headings = ["server"]
    for scenario in scenarios:
        headings += [scenario.title, "CPU/request"] if scenario.name in loads else [scenario.title]
    lines = [f"| {' | '.join(headings)} |", "|---|" + "--:|" * (len(headings) - 1)]
    for name in names:
        cells = [name]
        for scenario in scenarios:
            row = by_place.get((name, scenario.name))
            cells.append(f"{_value(row, scenario.unit)} ({_ratio(row, spread=False)})" if row else "")
            if scenario.name in loads:
                cells.append(_cpu(row) if row else "")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def remarks(rows, scenarios):
    """What belongs to the table and has no column there: second figures, failures, errors, and where the client was measured
    instead of the server."""
    extras = {scenario.name: scenario.extra for scenario in scenarios}
    for row in rows:
        if row.extra is not None:
            yield f"{row.server}, {row.scenario}: {_extra(row, *extras[row.scenario])}"
        if row.failures:
            yield f"{row.server}, {row.scenario}: {len(row.failures)} of {len(row.failures) + row.rounds} rounds failed: {row.failures[0]}"
        if row.errors:
            yield f"{row.server}, {row.scenario}: {row.errors} requests failed"
        if row.client_busy and row.client_busy > 0.9 > row.server_busy:
            yield f"{row.server}, {row.scenario}: the client was the limit, not the server; look at the CPU per request"


def goals(measured, scenarios):
    """A line for each goal of which the run can tell whether it was met."""
    for scenario in scenarios:
        for goal in scenario.goals:
            if figures := _figures(measured, scenario, goal):
                yield _verdict(scenario, goal, median(figures))


def _figures(measured, scenario, goal):
    samples = _by_round(measured, scenario.name, goal.of)
    if goal.to:
        return _pairs(samples, _by_round(measured, scenario.name, goal.to), goal.figure)
    return [figure for sample in samples.values() if (figure := getattr(sample, goal.figure)) is not None]


def _verdict(scenario, goal, figure):
    if goal.at_most is None:
        met, bound = figure >= goal.at_least, f"at least {goal.at_least}"
    else:
        met, bound = figure <= goal.at_most, f"at most {goal.at_most}"
    what = {"value": "", "cpu_us": "CPU/request ", "extra": f"{scenario.extra[0]} " if scenario.extra else ""}[goal.figure]
    unit = scenario.extra[1] if goal.figure == "extra" else scenario.unit
    shown = f"{figure:.3f} x {goal.to}" if goal.to else f"{figure:,.2f} {unit}"
    return f"{'met' if met else 'MISSED'}: {goal.of}, {scenario.name}: {what}{shown} ({bound})"


def conditions(machine, rounds, seconds):
    """A paragraph under the table: machine, versions, rounds."""
    versions = ", ".join(f"{name} {version}" for name, version in (machine["reference"] or {}).items())
    parts = [
        f"Medians of {rounds} rounds of {seconds} s",
        f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, load {machine['load']:.1f} at the start",
        f"commit {machine['commit'] or 'none'}",
        f"reference: {versions or 'versions unknown'}",
        *(machine[name] for name in ("php", "nginx", "wrk", "h2load") if machine[name]),
    ]
    return ". ".join(parts) + "."


def save(directory, machine, arguments, rows, measured):
    """Writes everything to a new JSON file. Returns its path."""
    directory.mkdir(exist_ok=True)
    path = directory / time.strftime("%Y%m%d-%H%M%S.json", time.gmtime())
    content = {
        "machine": machine,
        "arguments": arguments,
        "summary": [asdict(row) for row in rows],
        "samples": [asdict(m) for m in measured],
    }
    path.write_text(json.dumps(content, indent=1) + "\n")
    return path


def _value(row, unit):
    if row.value is None:
        return "failed"
    return f"{row.value:,.1f} {unit}" if row.value < 1000 else f"{row.value:,.0f} {unit}"


def _ratio(row, spread=True):
    if row.ratio is None:
        return "-"
    if not spread or row.is_baseline or row.rounds < 2:
        return f"{row.ratio:.2f}"
    return f"{row.ratio:.2f} ({row.ratio_low:.2f}-{row.ratio_high:.2f})"


def _time(microseconds):
    if microseconds is None:
        return ""
    if microseconds < 1000:
        return f"{microseconds:.1f} µs" if microseconds < 100 else f"{microseconds:.0f} µs"
    milliseconds = microseconds / 1000
    return f"{milliseconds:.2f} ms" if milliseconds < 100 else f"{milliseconds:.0f} ms"


def _cpu(row):
    ratio = "" if row.cpu_ratio is None or row.is_baseline else f" ({row.cpu_ratio:.2f} x)"
    return _time(row.cpu_us) + ratio


def _extra(row, what, unit):
    """Whole bytes as they are, factors as all ratios, all else with a decimal."""
    ratio = "" if row.extra_ratio is None or row.is_baseline else f" ({row.extra_ratio:.2f} x)"
    return f"{what} {row.extra:,.{DECIMALS.get(unit, 1)}f} {unit}{ratio}"


def _mib(kib):
    return "" if kib is None else f"{kib / 1024:.1f} MiB"


def _busy(row):
    if row.server_busy is None:
        return ""
    return f"{row.server_busy:.0%}, {row.client_busy:.0%}"
