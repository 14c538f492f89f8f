"""soak/server.php as a process with workers: what its stats say, reloads, kills, its end and what it leaves behind."""

import asyncio
import json
import os
import re
import signal
import time
from contextlib import asynccontextmanager
from pathlib import Path

from bench.lib.processes import Process, members, wait_until

from . import h1
from .tally import Broken

SCRIPT = Path(__file__).resolve().parent.parent / "server.php"
PATIENCE = 20.0


class Wrong(Exception):
    """The server does not do what a scenario needs; the message says what."""


class Server:
    """A running server. `plain` and `tls` are "127.0.0.1:PORT"."""

    def __init__(self, setup, workers, *options, memory_limit="256M", environment=()):
        self.directory = setup.fresh_directory("server")
        self.script = self.directory / "server.php"
        self.log = self.directory / "log"
        self.version = 0
        self._write(0)
        # -n: no configuration of this machine, and so no second copy of the extension either.
        settings = [f"extension={setup.extension}", "zend_extension=opcache", "opcache.enable_cli=1", "display_errors=stderr",
                    f"memory_limit={memory_limit}"]
        command = ["env", *environment, "php", "-n"]
        for setting in settings:
            command += ["-d", setting]
        command += [self.script, f"--cert={setup.certificate}", f"--key={setup.key}", f"--workers={workers}", *options]
        self.workers = workers
        self.process = Process(command, setup.cores, self.log)
        self.pid = self.process.popen.pid
        found = wait_until(self._addresses, self.process, "the server does not start")
        self.plain, self.tls = found["plain"], found["tls"]

    def _addresses(self):
        found = dict(re.findall(r"^(plain|tls) tcp://(\S+)\n", self.log.read_text(errors="replace"), re.MULTILINE))
        return found if {"plain", "tls"} <= set(found) else None

    def _write(self, version):
        text = SCRIPT.read_text().replace("const VERSION = 0;", f"const VERSION = {version};")
        new = self.script.with_suffix(".new")
        new.write_text(text)
        new.rename(self.script)

    def url(self, path, scheme="http"):
        return f"{scheme}://{self.tls if scheme == 'https' else self.plain}{path}"

    async def get(self, path):
        """One request on a connection of its own. Errors: Broken."""
        connection = await h1.Connection.open(self.plain)
        try:
            return await connection.ask(path, close=True)
        finally:
            await connection.close()

    async def stats(self):
        return json.loads((await self.get("/stats")).body)

    async def ready(self):
        """The pids of the workers that are ready. A server of one process has no list of workers."""
        stats = await self.stats()
        return [worker["pid"] for worker in stats["workers"] if worker["state"] == "ready"]

    async def until(self, what, holds, patience=PATIENCE):
        """Asks for the stats until `holds(stats)`; returns how many seconds that took. Errors: Wrong after `patience`."""
        began = time.monotonic()
        while True:
            try:
                if holds(stats := await self.stats()):
                    return time.monotonic() - began
                last = stats.get("workers")
            except Broken as broken:
                last = broken
            if time.monotonic() - began > patience:
                raise Wrong(f"after {patience:.0f} s still not {what}: {last}. {self.tail()}")
            await asyncio.sleep(0.01)

    async def until_ready(self, without=(), patience=PATIENCE):
        """Waits until all workers are ready, none of `without` among them. Returns the seconds that took."""

        def holds(stats):
            ready = {worker["pid"] for worker in stats["workers"] if worker["state"] == "ready"}
            return len(ready) == self.workers == len(stats["workers"]) and not ready & set(without)

        return await self.until(f"{self.workers} workers ready", holds, patience)

    async def reload(self):
        """Puts new code in place, says so by SIGHUP, and waits until no worker but those of the new code is left."""
        self.version += 1
        self._write(self.version)
        self.signal(signal.SIGHUP)
        generation = self.version + 1

        def holds(stats):
            states = [(worker["generation"], worker["state"]) for worker in stats["workers"]]
            return states == [(generation, "ready")] * self.workers

        return await self.until(f"{self.workers} workers of generation {generation} alone", holds)

    async def says(self, text):
        """Waits until the log has a text. False if the server ends without it."""
        while text not in self.log.read_text(errors="replace"):
            if not self.process.alive():
                return False
            await asyncio.sleep(0.005)
        return True

    def signal(self, number):
        self.process.popen.send_signal(number)

    async def end(self, patience):
        """Waits until the process has ended. Returns its status: minus the signal's number if one killed it, None if it runs still."""
        deadline = time.monotonic() + patience
        while self.process.alive():
            if time.monotonic() > deadline:
                return None
            await asyncio.sleep(0.005)
        return self.process.popen.returncode

    def family(self):
        """The pids of the server and of all that it has started."""
        return members(self.pid)

    def cpu_seconds(self):
        return self.process.cpu_seconds()

    def tail(self):
        return self.log.read_text(errors="replace")[-1500:].strip()

    def stop(self):
        self.process.stop()


@asynccontextmanager
async def running(setup, workers, *options, **settings):
    """A server for the length of a `with` block, all of whose workers are ready."""
    server = Server(setup, workers, *options, **settings)
    try:
        if workers > 1:
            await server.until_ready()
        yield server
    finally:
        await asyncio.to_thread(server.stop)


def kill(pid):
    """SIGKILL to a worker. False if it was gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False
