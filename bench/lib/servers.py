"""The servers under test: how each is started and where it listens."""

import shutil
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .processes import Memory, Process, unprivileged_user, wait_until
from .setup import BENCH, SetupError, program

REFERENCE = "reference"
SLUICE = "sluice"
FPM = "nginx+php-fpm"


@dataclass(frozen=True)
class Spec:
    """A server that can be started, as often as needed."""

    name: str
    start: Callable  # Setup -> Server
    programs: tuple  # what it needs, by the names of setup.PACKAGES


@dataclass
class Server:
    """A running server: its processes, and where it answers."""

    name: str
    processes: list
    plain: str  # "127.0.0.1:PORT"
    tls: str

    def alive(self):
        return all(process.alive() for process in self.processes)

    def cpu_seconds(self):
        return sum(process.cpu_seconds() for process in self.processes)

    def memory(self):
        return sum((process.memory() for process in self.processes), Memory())

    def stop(self):
        for process in self.processes:
            process.stop()


@contextmanager
def running(spec, setup):
    """A server for the length of a `with` block."""
    server = spec.start(setup)
    try:
        yield server
    finally:
        server.stop()


def specs(names):
    """The servers of these names, in the order given."""
    known = {
        REFERENCE: Spec(REFERENCE, _start_reference, ()),
        SLUICE: sluice(None),
        FPM: Spec(FPM, _start_fpm, ("nginx", "php-fpm")),
    }
    return [known[name] for name in names]


def sluice(ring):
    """Sluice with a ring of so many bytes, or with its default."""
    name = SLUICE if ring is None else f"{SLUICE} ring {ring}"
    return Spec(name, lambda setup: _start_sluice(setup, name, ring), ("php",))


def _start_reference(setup):
    directory = setup.fresh_directory("reference")
    command = [setup.reference("bench-reference"), setup.certificate, setup.key]
    return _printing_addresses(REFERENCE, command, setup, directory)


def _start_sluice(setup, name, ring):
    if not setup.extension.is_file():
        raise SetupError(f"there is no {setup.extension}: build it first (./dev build), or name another with --extension")
    # -n: no configuration of this machine, and so no second copy of the extension either.
    options = [f"extension={setup.extension}", "zend_extension=opcache", "opcache.enable_cli=1", "display_errors=stderr"]
    command = ["php", "-n"]
    for option in [*options, *setup.php_options]:
        command += ["-d", option]
    command += [BENCH / "server.php", f"--cert={setup.certificate}", f"--key={setup.key}"]
    if ring is not None:
        command.append(f"--ring={ring}")
    return _printing_addresses(name, command, setup, setup.fresh_directory("sluice"))


def _printing_addresses(name, command, setup, directory):
    """Starts a server that prints "plain tcp://..." and "tls tcp://..."."""
    out = directory / "addresses"
    with open(out, "wb") as stdout:
        process = Process(command, setup.server_core, directory / "log", stdout=stdout)

    def addresses():
        lines = [line.split() for line in out.read_text(errors="replace").splitlines(keepends=True) if line.endswith("\n")]
        found = {line[0]: line[1].removeprefix("tcp://") for line in lines if len(line) == 2}
        return found if {"plain", "tls"} <= set(found) else None

    found = wait_until(addresses, process, f"{name} does not start")
    return Server(name, [process], found["plain"], found["tls"])


def _start_fpm(setup):
    """nginx in front of php-fpm, both without root's rights, with every file of theirs in one directory."""
    directory, user = setup.fresh_directory("fpm"), unprivileged_user()
    plain, tls = _free_ports(2)
    values = {"DIR": directory, "PLAIN_PORT": plain, "TLS_PORT": tls}
    for source, name in [(setup.certificate, "cert.pem"), (setup.key, "key.pem"), (BENCH / "fpm/index.php", "index.php")]:
        shutil.copy(source, directory / name)
    values |= {"CERTIFICATE": directory / "cert.pem", "KEY": directory / "key.pem"}
    nginx_conf = _fill_in(BENCH / "fpm/nginx.conf.in", directory, values)
    fpm_conf = _fill_in(BENCH / "fpm/php-fpm.conf.in", directory, values)
    if user is not None:
        for path in [directory, *directory.iterdir()]:
            shutil.chown(path, user)
    fpm = Process([program("php-fpm"), "-F", "-y", fpm_conf], setup.server_core, directory / "out", user=user)
    wait_until((directory / "php-fpm.sock").exists, fpm, "php-fpm does not start")
    command = [program("nginx"), "-p", directory, "-e", directory / "nginx.log", "-c", nginx_conf]
    nginx = Process(command, setup.server_core, directory / "out", user=user)
    server = Server(FPM, [nginx, fpm], f"127.0.0.1:{plain}", f"127.0.0.1:{tls}")
    wait_until(lambda: _accepts(plain) and _accepts(tls), nginx, "nginx does not start")
    return server


def _fill_in(template, directory, values):
    """Writes a configuration file from a template with @NAME@ in it. Returns its path."""
    text = template.read_text()
    for name, value in values.items():
        text = text.replace(f"@{name}@", str(value))
    path = directory / Path(template).stem
    path.write_text(text)
    return path


def _free_ports(count):
    """Ports that are free now: nginx cannot be told to take any."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def _accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False
