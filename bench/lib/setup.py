"""What a run needs before it starts: programs, the build of the reference, a certificate, a directory."""

import os
import platform
import resource
import shutil
import subprocess
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from .content import Content

BENCH = Path(__file__).resolve().parent.parent
ROOT = BENCH.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
SEARCH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])

# Each program and the Debian package that brings it.
PACKAGES = {
    "wrk": "wrk",
    "h2load": "nghttp2-client",
    "nginx": "nginx-light",
    "php-fpm": "php-fpm",
    "php": "php-cli",
    "curl": "curl",
    "openssl": "openssl",
    "taskset": "util-linux",
    "setpriv": "util-linux",
}
# The names that servers have a certificate for, and the kinds of their keys.
NAMES = {"localhost": "P-256", "rsa.localhost": "RSA-2048"}
NEW_KEY = {"P-256": ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], "RSA-2048": ["rsa:2048"]}
# Needed like those, but built by `build_reference`.
REFERENCE_BUILD = "bench/reference"


class SetupError(Exception):
    """Something is missing; the message says what and how to get it."""


@dataclass(frozen=True)
class Setup:
    """What servers and loads are started with."""

    directory: Path      # of this run, removed at its end
    certificate: Path
    key: Path
    rsa_certificate: Path
    rsa_key: Path
    content: Content
    server_core: int
    client_core: int
    extension: Path      # the sluice.so to measure
    php_options: tuple   # more `-d` values for the PHP of Sluice

    def reference(self, name):
        """The path of a program of bench/reference."""
        return TARGET / "release" / name

    def fresh_directory(self, name):
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.directory))


def program(name):
    """The path of a program, or None. php-fpm has its version in its name: that of `php` is preferred."""
    if name == "php-fpm":
        return _php_fpm()
    return shutil.which(name, path=SEARCH)


def require(names):
    """Errors: a SetupError that names every missing program with its package."""
    missing = [name for name in names if program(name) is None]
    if missing:
        packages = " ".join(sorted({PACKAGES[name] for name in missing}))
        raise SetupError(f"missing: {', '.join(missing)}. On Debian: apt-get install {packages}")


def require_cores(*cores):
    allowed = os.sched_getaffinity(0)
    if len(set(cores)) != len(cores) or not set(cores) <= allowed:
        raise SetupError(f"servers and clients need a core each; asked for {list(cores)}, allowed are {sorted(allowed)}")


def require_files(count):
    """Allows this process, and those it starts, to open so many files. Errors: a SetupError if the hard limit is lower."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count:
        raise SetupError(f"{count} open files are needed, and the limit is {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))


def require_mappings(count):
    allowed = int(Path("/proc/sys/vm/max_map_count").read_text())
    if allowed < count:
        raise SetupError(f"{count} memory mappings of a process are needed, and the limit is {allowed} (sysctl vm.max_map_count)")


def build_reference():
    """Builds bench/reference, beside the extension, so that both share what they can."""
    if shutil.which("cargo") is None:
        raise SetupError("missing: cargo (https://rustup.rs)")
    manifest = BENCH / "reference" / "Cargo.toml"
    command = ["cargo", "build", "--release", "--locked", "--quiet", "--manifest-path", manifest]
    built = subprocess.run(command, env={**os.environ, "CARGO_TARGET_DIR": str(TARGET)})
    if built.returncode != 0:
        raise SetupError("bench/reference does not build")


def make_certificate(directory, name):
    """A self-signed certificate for one of NAMES. Returns the paths of the certificate and of the key."""
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *NEW_KEY[NAMES[name]], "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1",
         "-keyout", key, "-out", certificate],
        capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode != 0:
        raise SetupError(f"openssl makes no certificate: {made.stderr.strip()}")
    return certificate, key


def machine():
    """What the figures were made on and with."""
    model = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())  # fmt: skip
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load": os.getloadavg()[0],
        "commit": _commit(),
        "php": _first_line(["php", "-v"]),
        "nginx": _first_line([program("nginx"), "-v"]) if program("nginx") else None,
        "wrk": (_first_line(["wrk", "-v"]) or "").split(" [")[0] or None,
        "h2load": _first_line(["h2load", "--version"]),
        "reference": _reference_versions(),
    }


def _php_fpm():
    version = _first_line(["php", "-r", "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;"])
    names = [f"php-fpm{version}", "php-fpm"]
    return next((path for name in names if (path := shutil.which(name, path=SEARCH))), None)


def _first_line(command):
    """The first line that a program prints, or None. Some print their version on standard error, some with an error status."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else None


def _commit():
    """The commit of the working tree, with "-dirty" if it was changed since; None outside a repository or before a first commit."""
    done = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


def _reference_versions():
    packages = tomllib.loads((BENCH / "reference" / "Cargo.lock").read_text())["package"]
    wanted = {"hyper", "h2", "tokio", "rustls", "tokio-rustls", "aws-lc-rs"}
    return {package["name"]: package["version"] for package in packages if package["name"] in wanted}
