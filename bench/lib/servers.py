"""The servers under test: how each is started and where it listens."""

import shutil
import socket
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable

from .processes import Memory, Process, unprivileged_user, wait_until
from .setup import BENCH, REFERENCE_BUILD, SetupError, program

REFERENCE = "reference"
SLUICE = "sluice"
GUIDED = "sluice (pgo)"         # another build of it, guided by a profile
SLUICE_ALL = "sluice (all on)"  # the same with a mount, compression and uploads
NGINX = "nginx"
FPM = "nginx+php-fpm"
KINDS = [REFERENCE, SLUICE, NGINX, FPM]
NGINX_CONNECTIONS = 4096
# No configuration of this machine, and so no second copy of the extension either.
PHP = ["php", "-n"]


@dataclass(frozen=True)
class Spec:
    """A server that can be started, as often as needed."""

    name: str
    kind: str        # of KINDS
    start: Callable  # Setup -> Server
    programs: tuple  # what it needs, by the names of setup.PACKAGES, and setup.REFERENCE_BUILD
    gives: tuple     # what it has to answer, by the names of checks.CHECKS


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

    def open_files(self):
        return sum(process.open_files() for process in self.processes)

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


def specs(kinds, guided=None):
    """The servers of these kinds, in the order given. `guided`: a second extension, to be measured beside the first."""
    known = [
        Spec(REFERENCE, REFERENCE, _start_reference, (REFERENCE_BUILD,), ("pages", "json", "waiting")),
        sluice(None),
        *([Spec(GUIDED, SLUICE, lambda setup: _start_sluice(replace(setup, extension=guided), GUIDED, []), ("php",), ("pages", "json"))]
          if guided else []),
        Spec(SLUICE_ALL, SLUICE, _start_sluice_all, ("php",), ("hello", "files", "document", "upload")),
        Spec(NGINX, NGINX, _start_nginx, ("nginx",), ("files", "document", "handshakes")),
        fpm(NGINX_CONNECTIONS, ("pages", "json", "upload")),
    ]
    return [spec for kind in kinds for spec in known if spec.kind == kind]


def fpm(connections, gives):
    """nginx that takes so many connections at a time, those to php-fpm among them."""
    return Spec(FPM, FPM, lambda setup: _start_fpm(setup, connections), ("nginx", "php-fpm"), gives)


def sluice(ring):
    """Sluice with a ring of so many bytes, or with its default."""
    name, options = (SLUICE, []) if ring is None else (f"{SLUICE} ring {ring}", [f"--ring={ring}"])
    gives = ("pages", "json", "waiting", "hello", "handshakes") if ring is None else ("pages",)
    return Spec(name, SLUICE, lambda setup: _start_sluice(setup, name, options), ("php",), gives)


def hello(setup, kind):
    """The command of the least server of this kind, with no TLS, and that of a program that does nothing and needs as much
    to start. `kind`: REFERENCE or SLUICE."""
    if kind == SLUICE:
        return [*PHP, "-d", f"extension={setup.extension}", BENCH / "hello.php"], [*PHP, "-r", ";"]
    return [setup.reference("bench-reference")], ["true"]


def _start_reference(setup):
    directory = setup.fresh_directory("reference")
    command = [setup.reference("bench-reference"), setup.certificate, setup.key, setup.content.rows]
    return _printing_addresses(REFERENCE, command, setup, directory)


def _start_sluice_all(setup):
    spool = setup.fresh_directory("spool")
    return _start_sluice(setup, SLUICE_ALL, [f"--files={setup.content.files}", f"--spool={spool}"])


def _start_sluice(setup, name, more):
    if not setup.extension.is_file():
        raise SetupError(f"there is no {setup.extension}: build it first (./dev build), or name another with --extension")
    options = [f"extension={setup.extension}", "zend_extension=opcache", "opcache.enable_cli=1", "display_errors=stderr"]
    # Ten thousand fibers are more than the 128 MiB that PHP allows by itself.
    options.append("memory_limit=1G")
    command = list(PHP)
    for option in [*options, *setup.php_options]:
        command += ["-d", option]
    command += [BENCH / "server.php", f"--cert={setup.certificate}", f"--key={setup.key}"]
    command += [f"--rsa-cert={setup.rsa_certificate}", f"--rsa-key={setup.rsa_key}"]
    command += [f"--rows={setup.content.php_rows}", *more]
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


def _start_nginx(setup):
    """nginx alone: what is not a file is not answered."""
    directory, values = _nginx_directory(setup, NGINX_CONNECTIONS)
    nginx = _nginx(setup, directory, values)
    return Server(NGINX, [nginx], f"127.0.0.1:{values['PLAIN_PORT']}", f"127.0.0.1:{values['TLS_PORT']}")


def _start_fpm(setup, connections):
    """nginx in front of php-fpm."""
    directory, values = _nginx_directory(setup, connections)
    shutil.copy(BENCH / "fpm/index.php", directory / "index.php")
    shutil.copy(setup.content.php_rows, directory / "rows.php")
    (directory / "spool").mkdir()
    fpm_conf = _fill_in(BENCH / "fpm/php-fpm.conf.in", directory, values)
    user = _hand_over(directory)
    fpm = Process([program("php-fpm"), "-F", "-y", fpm_conf], setup.server_core, directory / "out", user=user)
    wait_until((directory / "php-fpm.sock").exists, fpm, "php-fpm does not start")
    nginx = _nginx(setup, directory, values)
    return Server(FPM, [nginx, fpm], f"127.0.0.1:{values['PLAIN_PORT']}", f"127.0.0.1:{values['TLS_PORT']}")


def _nginx_directory(setup, connections):
    """A directory with every file of theirs, and what their configurations are filled in with."""
    directory = setup.fresh_directory("nginx")
    pairs = {"cert.pem": setup.certificate, "key.pem": setup.key, "rsa.pem": setup.rsa_certificate, "rsa.key": setup.rsa_key}
    for name, source in pairs.items():
        shutil.copy(source, directory / name)
    plain, tls = _free_ports(2)
    return directory, {
        "DIR": directory, "PLAIN_PORT": plain, "TLS_PORT": tls, "FILES": setup.content.files,
        "CERTIFICATE": directory / "cert.pem", "KEY": directory / "key.pem", "CONNECTIONS": connections,
    }  # fmt: skip


def _nginx(setup, directory, values):
    """Starts nginx without root's rights."""
    conf = _fill_in(BENCH / "fpm/nginx.conf.in", directory, values)
    user = _hand_over(directory)
    command = [program("nginx"), "-p", directory, "-e", directory / "nginx.log", "-c", conf]
    nginx = Process(command, setup.server_core, directory / "out", user=user)
    wait_until(lambda: _accepts(values["PLAIN_PORT"]) and _accepts(values["TLS_PORT"]), nginx, "nginx does not start")
    return nginx


def _hand_over(directory):
    """Gives the directory to the user whom the servers run as. Returns the name; None: the caller, who is not root."""
    user = unprivileged_user()
    if user is not None:
        for path in [directory, *directory.iterdir()]:
            shutil.chown(path, user)
    return user


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
