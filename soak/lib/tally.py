"""What a client saw: answers, and every failure with its kind, its place and its time."""

import time
from collections import Counter
from dataclasses import dataclass, field


class Broken(Exception):
    """An exchange that did not come to its end. `kind` is few words, `place` says after how much of what."""

    def __init__(self, kind, place=""):
        super().__init__(f"{kind} {place}".strip())
        self.kind = kind
        self.place = place


@dataclass(frozen=True)
class Failure:
    """Times are those of time.monotonic()."""

    kind: str
    place: str
    path: str
    began: float          # when the exchange began: the connect of a new connection
    ended: float
    pid: int = None       # the worker at the other end, if the connection had an answer before

    def __str__(self):
        return f"{self.kind} {self.place} ({self.path})".replace("  ", " ")


@dataclass
class Tally:
    """The answers that one kind of client got."""

    name: str
    answers: int = 0
    reconnects: int = 0                               # connections that the server closed when nothing was asked: no failures
    retries: int = 0                                  # requests that the server said it had not taken: GOAWAY, REFUSED_STREAM
    failures: list = field(default_factory=list)
    versions: list = field(default_factory=list)      # of the code, each when it first answered, and the last one
    latencies: list = field(default_factory=list)     # seconds, of the clients that measure them
    statuses: Counter = field(default_factory=Counter)

    def answered(self, status, version=None):
        self.answers += 1
        self.statuses[status] += 1
        if version is not None and self.versions[-1:] != [version]:
            self.versions.append(version)

    def failed(self, broken, path, began, pid=None):
        self.failures.append(Failure(broken.kind, broken.place, path, began, time.monotonic(), pid))

    def kinds(self):
        """ "3 x reset after the request, 1 x short body", or ""."""
        return ", ".join(f"{count} x {kind}" for kind, count in Counter(f.kind for f in self.failures).most_common())

    def seen(self):
        """One line for the table."""
        return f"{self.answers:,} answers, {len(self.failures)} failed" + (f": {self.kinds()}" if self.failures else "")
