"""Binds sockets and becomes a command that finds them from descriptor 3 on, as systemd would start it.

usage: activate.py [--pid=N] [name=]address... -- command...

An address is tcp://host:port, with /N behind it where the kernel shall queue about so few connections, unix:///path,
unix://@name, udp://host:port, or pair:// for an end of a connection. The variable HANDED tells the command where they
are bound, separated by spaces. The names are told only where every socket has one. With --pid the variables are for
another process.
"""

import fcntl
import os
import socket
import sys

FIRST = 3


def bound(address):
    """The socket and the address that it has really."""
    scheme, rest = address.split("://", 1)
    if scheme == "pair":
        return socket.socketpair()[0], address
    if scheme == "unix":
        made = socket.socket(socket.AF_UNIX)
        made.bind("\0" + rest[1:] if rest.startswith("@") else rest)
        made.listen()
        return made, address
    rest, _, backlog = rest.partition("/")
    host, port = rest.rsplit(":", 1)
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    made = socket.socket(family, socket.SOCK_DGRAM if scheme == "udp" else socket.SOCK_STREAM)
    made.bind((host.strip("[]"), int(port)))
    if scheme == "tcp":
        made.listen(int(backlog or 128))
    return made, f"{scheme}://{host}:{made.getsockname()[1]}"


def main():
    arguments, command = sys.argv[1:sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1:]
    pid, names, sockets = os.getpid(), [], []
    for argument in arguments:
        name, _, value = argument.rpartition("=")
        if name == "--pid":
            pid = value
        else:
            names.append(name)
            sockets.append(bound(value))
    # Out of the way first: one of them may have the number that another is to get.
    high = [fcntl.fcntl(made.fileno(), fcntl.F_DUPFD_CLOEXEC, 100) for made, _ in sockets]
    for number, descriptor in enumerate(high, FIRST):
        os.dup2(descriptor, number)
    os.environ["LISTEN_PID"] = str(pid)
    os.environ["LISTEN_FDS"] = str(len(sockets))
    if all(names):
        os.environ["LISTEN_FDNAMES"] = ":".join(names)
    os.environ["HANDED"] = " ".join(address for _, address in sockets)
    # dup2() has made the numbers from 3 on inheritable; all others are closed by the exec.
    os.execvp(command[0], command)


main()
