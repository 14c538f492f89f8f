"""The clients of a scenario: started together, stopped together, one tally for each kind."""

import asyncio
from contextlib import asynccontextmanager

from . import h1, h2, loads
from .tally import Tally


class Clients:
    """Everything that asks one server at the same time."""

    def __init__(self, setup, server):
        self._setup, self._server = setup, server
        self._stop = asyncio.Event()
        self._tasks = []
        self.tallies = []
        self.loads = []

    def new_connections(self, count, tls, pace=None):
        name = f"h1{' TLS' if tls else ''}, new connections"
        self._ask(name, count, h1.ask_on_new_connections, tls, "http/1.1", pace=pace)

    def kept_connections(self, count, tls, pace=None):
        name = f"h1{' TLS' if tls else ''}, kept connections"
        self._ask(name, count, h1.ask_on_kept_connections, tls, "http/1.1", pace=pace)

    def h2(self, count, tls, pace=None):
        self._ask(f"h2{' TLS' if tls else ''}", count, h2.ask_on_kept_connections, tls, "h2", pace=pace)

    def wrk(self, connections, scheme, path="/hello"):
        load = loads.Load(f"wrk {scheme}")
        self.loads.append(load)
        url = self._server.url(path, scheme)
        self._start(loads.again(self._stop, lambda: loads.wrk(self._setup, load, url, connections)))

    def _ask(self, name, count, client, tls, alpn, **options):
        tally = Tally(name)
        self.tallies.append(tally)
        address = self._server.tls if tls else self._server.plain
        for _ in range(count):
            self._start(client(address, h1.trusting(alpn) if tls else None, tally, self._stop, **options))

    def _start(self, client):
        self._tasks.append(asyncio.create_task(client))

    async def stop(self):
        """Lets each finish what it has begun. Errors: what a client stumbled over itself."""
        self._stop.set()
        await asyncio.gather(*self._tasks)

    def abandon(self):
        for task in self._tasks:
            task.cancel()


@asynccontextmanager
async def asking(setup, server):
    """Clients for the length of a `with` block; when it is left they have finished."""
    clients = Clients(setup, server)
    try:
        yield clients
        await clients.stop()
    finally:
        clients.abandon()
