"""What is demanded of a server with workers. Each file has one `async def run(setup)`, which returns a list of checks."""

from dataclasses import dataclass
from typing import Callable

from . import block, growth, idle, kill, memory, reload, scale, stop


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    run: Callable
    limit: int           # seconds after which a full run of it is given up; a short one after a quarter of them
    programs: tuple = ()
    files: int = 4096          # open files that a run needs
    reference: bool = False    # its clients are built from bench/reference


ALL = [
    Scenario("reload", "reload after reload under full load", reload.run, 240, ("wrk",)),
    Scenario("kill", "kill -9 of a worker every second under load", kill.run, 120),
    Scenario("memory", "one request in a thousand runs into memory_limit", memory.run, 120),
    Scenario("block", "handlers that block, at half of the capacity", block.run, 60),
    Scenario("stop", "SIGTERM in every state of a connection", stop.run, 400),
    Scenario("growth", "two million requests of every kind", growth.run, 2400, ("h2load",)),
    Scenario("idle", "ten thousand idle TLS connections and five hundred busy ones", idle.run, 240, ("wrk",), 12_000, True),
    Scenario("scale", "two workers on two cores", scale.run, 120, ("wrk", "h2load")),
]
BY_NAME = {scenario.name: scenario for scenario in ALL}
