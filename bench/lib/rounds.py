"""The order of the measurements.

In each round every server runs each scenario in turn, so that two figures that are compared were measured seconds apart;
and each round starts with another server, so that none is always the first after a change of scenario.
"""

import sys
from contextlib import ExitStack
from dataclasses import dataclass

from .checks import check
from .loads import LoadError
from .scenarios import Sample
from .servers import running

WARM_UP_SECONDS = 1


@dataclass
class Measured:
    """A sample and where it belongs, or why there is none."""

    round: int
    scenario: str
    server: str
    sample: Sample = None
    failure: str = None


def measure(setup, specs, scenarios, rounds, seconds):
    """Runs all of it. Returns a list of `Measured`, in the order in which they were made."""
    with ExitStack() as stack:
        servers = {spec.name: stack.enter_context(running(spec, setup)) for spec in specs}
        for spec, server in zip(specs, servers.values()):
            _say(f"checking {server.name}")
            check(setup, server, spec.gives)
        _warm_up(setup, specs, servers, scenarios)
        measured = []
        for number in range(1, rounds + 1):
            for scenario in scenarios:
                for spec in _rotated(specs, number - 1):
                    if not scenario.runs_on(spec):
                        continue
                    result = _measure_one(setup, spec, servers[spec.name], scenario, number, seconds)
                    measured.append(result)
                    _say(f"{number}/{rounds} {scenario.name:22} {spec.name:20} {_figure(scenario, result)}")
        return measured


def _warm_up(setup, specs, servers, scenarios):
    for scenario in scenarios:
        for spec in specs:
            if not scenario.fresh and scenario.runs_on(spec):
                _say(f"warming up {spec.name} with {scenario.name}")
                _measure_one(setup, spec, servers[spec.name], scenario, 0, WARM_UP_SECONDS)


def _measure_one(setup, spec, server, scenario, number, seconds):
    measured = Measured(number, scenario.name, spec.name)
    try:
        measured.sample = scenario.run(setup, spec if scenario.fresh else server, seconds)
    except (LoadError, RuntimeError) as error:
        measured.failure = str(error)
    return measured


def _rotated(specs, by):
    by %= len(specs)
    return specs[by:] + specs[:by]


def _figure(scenario, measured):
    if measured.sample is None:
        return f"failed: {measured.failure}"
    return f"{measured.sample.value:,.1f} {scenario.unit}"


def _say(line):
    print(line, file=sys.stderr, flush=True)
