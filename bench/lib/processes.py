"""Programs that the harness starts: pinned to a core, watched through /proc, ended by pid."""

import atexit
import os
import pwd
import signal
import subprocess
import time
from dataclasses import dataclass, fields
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 10.0  # seconds for a server to print its addresses, and for a process to end before it is killed

_running = []


@dataclass
class Memory:
    """Memory of a process tree in KiB, as the kernel's smaps_rollup counts it. Sockets are not in it."""

    rss: int = 0
    pss: int = 0
    pss_anon: int = 0
    private_dirty: int = 0

    def __add__(self, other):
        return Memory(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __sub__(self, other):
        return Memory(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))


class Process:
    """A child process on one core, in a session of its own. It gets a SIGTERM when the harness dies, however that happens."""

    def __init__(self, command, core, log, user=None, stdin=subprocess.DEVNULL, stdout=None):
        """Starts `command` (a list). Standard error, and standard output unless given, go to the file `log`.

        `user`: the name of the user it runs as, or None for the caller's.
        """
        self.log = Path(log)
        with open(self.log, "ab") as out:
            self.popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", str(core), *map(str, command)],
                stdin=stdin,
                stdout=stdout or out,
                stderr=out,
                start_new_session=True,
                **_identity(user),
            )
        _running.append(self)

    def alive(self):
        return self.popen.poll() is None

    def cpu_seconds(self):
        """User and system time so far of the process and its children that live."""
        return sum(_cpu_seconds(pid) for pid in members(self.popen.pid))

    def memory(self):
        """Memory of the process and its children now."""
        return sum((_memory(pid) for pid in members(self.popen.pid)), Memory())

    def open_files(self):
        """How many files, connections among them, the process and its children have open now."""
        return sum(_open_files(pid) for pid in members(self.popen.pid))

    def stop(self):
        """SIGTERM, then SIGKILL to whatever is left after a few seconds. May be called twice."""
        if self not in _running:
            return
        _running.remove(self)
        before = members(self.popen.pid)
        if self.alive():
            self.popen.terminate()
            _wait(self.popen)
        for pid in set(before) & set(members(self.popen.pid)):
            _kill(pid)
        self.popen.wait()


def stop_all():
    for process in list(_running):
        process.stop()


atexit.register(stop_all)


def members(session):
    """The ids of the living processes of a session: what a process that leads it has started, orphans too."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if (stat := _stat(pid)) and stat[0] != "Z" and int(stat[3]) == session]


def wait_until(condition, process, what, patience=PATIENCE):
    """Waits until `condition()` gives a true value, and returns it. Errors: `process` ended first, or `patience` seconds are over."""
    deadline = time.monotonic() + patience
    while not (value := condition()):
        if not process.alive() or time.monotonic() > deadline:
            text = process.log.read_text(errors="replace")[-2000:].strip()
            raise RuntimeError(f"{what}: {'too slow' if process.alive() else 'it ended'}. {text}")
        time.sleep(0.01)
    return value


def unprivileged_user():
    """Whom servers that refuse or should not have root's rights run as: None when the caller is not root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "www-data" if "www-data" in names else "nobody"


def _identity(user):
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _stat(pid):
    """The fields of /proc/PID/stat from the third (the state) on, or None: the second may hold spaces."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _cpu_seconds(pid):
    stat = _stat(pid)
    return (int(stat[11]) + int(stat[12])) / TICKS if stat else 0.0


def _memory(pid):
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    except (FileNotFoundError, ProcessLookupError):
        return Memory()
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return Memory(kib["Rss"], kib["Pss"], kib["Pss_Anon"], kib["Private_Dirty"])


def _open_files(pid):
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _wait(popen):
    try:
        popen.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        pass


def _kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
