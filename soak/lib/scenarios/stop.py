"""SIGTERM at a random moment, with connections in every state: nothing looks complete that is not, and nobody hangs."""

import asyncio
import random
import signal
from collections import Counter
from dataclasses import dataclass, field

from ..report import Check
from ..server import running
from ..states import Client, Plan, plans

WORKERS = 2
DRAIN = 3.0        # seconds for the requests under way, and more than a client may take that has asked nothing and stays
PATIENCE = 0.8     # seconds for a handshake or a head
AT_ONCE = 6        # connections to one server
BESIDE = 4         # servers at a time
HANG = DRAIN + PATIENCE + 5.0


@dataclass
class Stop:
    """One server's end."""

    number: int
    clients: list
    status: int = None                            # of the process; None: it did not end
    left: list = field(default_factory=list)      # pids


async def run(setup):
    stops, next_number = [], iter(range(setup.of(200, 16)))
    deck = Deck(random.Random(1))

    async def worker():
        for number in next_number:
            stops.append(await _stop(setup, number, deck.draw(number)))

    async with asyncio.TaskGroup() as group:
        for _ in range(BESIDE):
            group.create_task(worker())
    return _checks(stops)


class Deck:
    """All plans in a random order, again and again: each comes about as often as any other."""

    def __init__(self, chance):
        self._chance, self._cards = chance, []

    def draw(self, number):
        """Those of one server. In half of them all clients go on, so that a stop that cuts nothing off is seen too."""
        all_go_on = number % 2 == 0
        drawn = []
        while len(drawn) < AT_ONCE:
            if not self._cards:
                self._cards = plans()
                self._chance.shuffle(self._cards)
            state, two, tls, stays = self._cards.pop()
            drawn.append(Plan(state, two, tls, stays and not all_go_on, f"{number}-{len(drawn)}."))
        return drawn


async def _stop(setup, number, drawn):
    chance = random.Random(number)
    async with running(setup, WORKERS, f"--drain={DRAIN}", f"--patience={PATIENCE}") as server:
        stop = Stop(number, [Client(plan, server) for plan in drawn])
        signalled, ended = asyncio.Event(), asyncio.Event()
        tasks = [asyncio.create_task(client.run(signalled, ended)) for client in stop.clients]
        if chance.random() < 0.3:
            await asyncio.sleep(chance.random() * 0.1)  # some may be on their way to their state
        else:
            await asyncio.gather(*(client.held.wait() for client in stop.clients))
        server.signal(signal.SIGTERM)
        signalled.set()
        stop.status = await server.end(HANG)
        stop.left = server.family() if stop.status is not None else []
        ended.set()
        await asyncio.gather(*tasks)
    return stop


def _checks(stops):
    clients = [(stop, client) for stop in stops for client in stop.clients]
    wrong = [_name(stop, client) for stop, client in clients if client.outcome.startswith("WRONG") and "hangs" not in client.outcome]
    lost = [_name(stop, client) for stop, client in clients if _is_lost(client)]
    hangs = [f"stop {stop.number}" for stop in stops if stop.status is None]
    hangs += [_name(stop, client) for stop, client in clients if "hangs" in client.outcome]
    left = [f"stop {stop.number}: {stop.left}" for stop in stops if stop.left]
    statuses = Counter(stop.status for stop in stops)
    wrong_status = [f"stop {stop.number}: {stop.status} ({_clients(stop)})" for stop in stops if not _is_right_status(stop)]
    outcomes = Counter(client.outcome for _, client in clients)
    return [
        Check("no short or wrong body that looks complete", _some(wrong) or str(dict(outcomes)), not wrong),
        Check("what was under way is answered, if its client goes on",
              _some(lost) or f"all of {sum(c.had_begun and not c.plan.stays for _, c in clients)}", not lost),
        Check("no hang", _some(hangs) or "none", not hangs),
        Check("no child is left", _some(left) or "none", not left),
        Check("exit status 0, or 1 when something was cut off", _some(wrong_status) or str(dict(statuses)), not wrong_status),
        Check("every state was met", f"{len({str(c.plan) for _, c in clients})} combinations in {len(stops)} stops, "
              f"{sum(c.had_begun for _, c in clients)} handlers under way", len(stops) < 100 or all_met(clients)),
    ]


def all_met(clients):
    met = {(c.plan.state, c.plan.h2, c.plan.tls, c.plan.stays) for _, c in clients}
    return met == set(plans())


def _is_lost(client):
    """A client that goes on gets all of what it was promised: within the drain there is time for it."""
    return not client.plan.stays and (client.outcome == "cut" or client.outcome == "nothing" and client.had_begun)


def _is_right_status(stop):
    # A client that was not answered to the end may have been cut off; one that had asked nothing was not.
    was_cut = any(client.outcome != "complete" and client.plan.state not in ("accepted", "handshake", "idle") for client in stop.clients)
    return stop.status in ((0, 1) if was_cut else (0,)) or stop.status is None


def _name(stop, client):
    return f"stop {stop.number}, {client.plan}: {client.outcome}"


def _clients(stop):
    return ", ".join(f"{client.plan}: {client.outcome}" for client in stop.clients)


def _some(found):
    return f"{len(found)}: " + "; ".join(found[:4]) if found else ""
