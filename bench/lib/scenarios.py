"""The table of what is measured."""

import http.client
from dataclasses import dataclass, field
from typing import Callable

from . import loads, quiet, starts
from .content import JSON_HEADERS
from .servers import FPM, GUIDED, NGINX, REFERENCE, SLUICE, hello, running, sluice
from .setup import NAMES, REFERENCE_BUILD

STREAM_MIB = 10
CONNECT_TASKS = 16
IDLE_CONNECTIONS = 1000
STUCK_CONNECTIONS = 100
CROWD = 10_000
CROWD_FILES = CROWD + 1000  # open files of a server, or of a client, that has them all
CROWD_MAPPINGS = 2 * CROWD + 5000  # memory mappings of a server in which each waits in a fiber: `vm.max_map_count`
BUSY_CONNECTIONS = 64
WARM_SECONDS = 1
STARTS = 20
UPLOAD_CLIENTS = 32
CODED = ["Accept-Encoding: gzip"]
ASKING_JSON = [f"{name}: {value}" for name, value in JSON_HEADERS.items()]


@dataclass
class Sample:
    """One measurement of one server. Times in microseconds, memory in KiB; None where a scenario has no such figure."""

    value: float                # in the unit of the scenario
    p50_us: float = None
    p99_us: float = None
    cpu_us: float = None        # server processor time per request
    memory_kib: float = None    # of the whole server under load (Pss)
    server_busy: float = None   # share of its core, 0 to 1
    client_busy: float = None
    errors: int = 0
    extra: float = None         # in the unit of the scenario's `extra`
    detail: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Goal:
    """A bound for a figure of a Sample: of its median, or of its median ratio, pair by pair, to another server's."""

    figure: str = "value"
    at_least: float = None
    at_most: float = None
    to: str = None              # the other server
    of: str = SLUICE


@dataclass(frozen=True)
class Scenario:
    """`run` takes setup, seconds and either a server that runs already or, if `fresh`, the spec of one to start."""

    name: str
    title: str
    unit: str
    run: Callable
    programs: tuple = ()
    fresh: bool = False
    usual: bool = True          # part of a run that names no scenarios
    needs: str = "pages"        # what a server must give (of checks.CHECKS) to run it
    without: tuple = ()         # servers that give that and cannot do this
    baseline: str = REFERENCE   # the server that the others are compared with
    extra: tuple = None         # a second figure to show: what it is, and its unit
    goals: tuple = ()
    files: int = 4096           # open files that a process needs: a thousand connections, twice in nginx, and some
    mappings: int = 0           # memory mappings that a process needs, where they are many

    def runs_on(self, spec):
        return self.needs in spec.gives and spec.name not in self.without


def _load_sample(load, per_request=1.0):
    """`per_request`: what one request counts in the scenario's unit."""
    return Sample(
        value=load.rate * per_request,
        p50_us=load.p50_us,
        p99_us=load.p99_us,
        cpu_us=load.server_cpu / load.requests * 1e6,
        memory_kib=load.memory.pss,
        server_busy=load.server_cpu / load.elapsed,
        client_busy=load.client_cpu / load.elapsed,
        errors=load.errors,
        detail={"requests": load.requests, "rss_kib": load.memory.rss},
    )


def _wrk(scheme, path, connections, per_request=1.0, headers=(), script=None):
    def run(setup, server, seconds):
        load = loads.wrk(setup, server, _url(server, scheme, path), connections, seconds, headers, script)
        return _load_sample(load, per_request)

    return run


def _pipelined(load):
    """wrk takes the time of a whole batch, and its percentiles expect that of a single request: they are left out."""

    def run(setup, server, seconds):
        sample = load(setup, server, seconds)
        sample.p50_us = sample.p99_us = None
        return sample

    return run


def _h2load(path, connections, streams, per_request=1.0, headers=()):
    def run(setup, server, seconds):
        load = loads.h2load(setup, server, _url(server, "https", path), connections, streams, seconds, headers)
        return _load_sample(load, per_request)

    return run


def _url(server, scheme, path):
    return f"{scheme}://{server.tls if scheme == 'https' else server.plain}{path}"


def _coded(load):
    """A load of coded answers, with their size in bytes beside its figure."""

    def run(setup, server, seconds):
        sample = load(setup, server, seconds)
        sample.extra = _coded_size(server)
        return sample

    return run


def _coded_size(server):
    connection = http.client.HTTPConnection(server.plain, timeout=10)
    connection.request("GET", "/data.json", headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.getheader("Content-Encoding") != "gzip":
        raise loads.LoadError("the answer is not coded")
    return len(body)


def _upload(scheme, h1):
    """A round of uploads for each second asked for: it takes what it takes. The peak of the memory is beside its figure."""

    def run(setup, server, seconds):
        load = loads.upload(setup, server, _url(server, scheme, "/upload"), UPLOAD_CLIENTS, seconds, h1)
        sample = _load_sample(load)
        sample.extra = load.memory.rss / 1024
        return sample

    return run


def _connect(kind, name=None):
    return lambda setup, server, seconds: _load_sample(
        loads.connect(setup, server, server.tls, kind, CONNECT_TASKS, seconds, name)
    )


def _quiet(kind, count):
    """Memory that a fresh server holds for each of `count` connections of a kind of bench-idle."""

    def run(setup, spec, seconds):
        with running(spec, setup) as server:
            grown = quiet.growth(setup, server, kind, count)
        detail = {name: kib / count for name, kib in vars(grown).items()}
        return Sample(value=grown.pss / count, detail=detail)

    return run


def _crowded(count):
    """Memory of a fresh server with `count` connections that do nothing, and how much longer they make the others wait."""

    def run(setup, spec, seconds):
        with running(spec, setup) as server:

            def load(seconds):
                return loads.wrk(setup, server, _url(server, "https", "/hello"), BUSY_CONNECTIONS, seconds)

            load(WARM_SECONDS)
            alone = load(seconds)
            with quiet.connections(setup, server, "tls", count):
                memory = quiet.settled_memory(server)
                crowded = load(seconds)
        sample = _load_sample(crowded)
        sample.value, sample.memory_kib = memory.pss / 1024, None
        sample.errors += alone.errors
        sample.extra = crowded.p99_us / alone.p99_us
        sample.detail |= {"rss_kib": memory.rss, "p99_us_alone": alone.p99_us, "rate_alone": alone.rate}
        return sample

    return run


def _start(setup, spec, seconds):
    """Milliseconds from the start of a process to its first answer, less those of a process that does nothing."""
    command, bare = hello(setup, spec.kind)
    answer_ms, bare_ms = starts.measure(setup, command, bare, STARTS)
    return Sample(value=answer_ms - bare_ms, extra=answer_ms, detail={"bare_ms": bare_ms})


def _ratio(at_least, to=REFERENCE):
    return Goal(at_least=at_least, to=to)


def _ring(bytes, at_least):
    """A ring of this size against one of 64 KiB."""
    return Goal(at_least=at_least, of=sluice(bytes).name, to=sluice(65_536).name)


STREAM_GOALS = (_ratio(1.0), _ring(17_408, 0.97), _ring(4096, 0.6))


def _file(name, title, unit, run, **more):
    """A file from a mount, against nginx."""
    return Scenario(name, title, unit, run, usual=False, needs="files", baseline=NGINX, **more)


def _gzip(name, title, load, **more):
    """A document that is coded for each request, against nginx."""
    return Scenario(name, title, "req/s", _coded(load), usual=False, needs="document", baseline=NGINX,
                    extra=("coded size", "bytes"), **more)  # fmt: skip


def _form(name, title, run):
    """A form with a file in it, against nginx with php-fpm."""
    return Scenario(name, title, "uploads/s", run, usual=False, needs="upload", baseline=FPM,
                    extra=("peak memory (Rss)", "MiB"))  # fmt: skip


def _handshake(kind, key, name):
    """Handshakes and nothing else, with a certificate of this kind of key, against nginx."""
    return Scenario(f"handshake-{key}-{kind}", f"TLS 1.3 handshakes, {kind}, {key}", "handshakes/s", _connect(kind, name),
                    (REFERENCE_BUILD,), usual=False, needs="handshakes", baseline=NGINX)  # fmt: skip


ALL = [
    Scenario("hello-h1-plain", "hello, h1 plain, 64 connections", "req/s", _wrk("http", "/hello", 64), ("wrk",),
             goals=(_ratio(0.93), Goal("cpu_us", at_most=1.15, to=REFERENCE))),
    Scenario("hello-h1-tls", "hello, h1 TLS, 64 connections", "req/s", _wrk("https", "/hello", 64), ("wrk",),
             goals=(_ratio(0.95),)),
    Scenario("hello-h2-tls", "hello, h2 TLS, 16 connections x 32 streams", "req/s", _h2load("/hello", 16, 32),
             goals=(_ratio(0.93),)),
    Scenario("stream-h1-tls", "10 MiB in 16 KiB pieces, h1 TLS, 4 connections", "MiB/s",
             _wrk("https", "/stream", 4, STREAM_MIB), ("wrk",), goals=STREAM_GOALS),
    Scenario("stream-h2-tls", "10 MiB in 16 KiB pieces, h2 TLS, 4 connections", "MiB/s",
             _h2load("/stream", 4, 1, STREAM_MIB), goals=STREAM_GOALS),
    Scenario("connect-full", "new TLS connections, full handshake", "conn/s", _connect("full"), (REFERENCE_BUILD,),
             goals=(_ratio(1.0),)),
    Scenario("idle-tls", f"idle TLS connection after one request ({IDLE_CONNECTIONS} open)", "KiB",
             _quiet("tls", IDLE_CONNECTIONS), (REFERENCE_BUILD,), fresh=True, goals=(Goal(at_most=10),)),
    Scenario("pipelined-h1-plain", "hello, h1 plain, 64 connections x 16 pipelined", "req/s",
             _pipelined(_wrk("http", "/hello", 64, script="pipelined.lua")), ("wrk",), usual=False, goals=(_ratio(0.85),)),
    Scenario("json-h1-plain", "JSON of 50 rows, ten headers read, h1 plain, 64 connections", "req/s",
             _wrk("http", "/json", 64, headers=ASKING_JSON), ("wrk",), usual=False, needs="json",
             goals=(_ratio(0.70), _ratio(5, to=FPM))),
    Scenario("end64k-h1-tls", "64 KiB in one piece, h1 TLS, 16 connections", "req/s",
             _wrk("https", "/end64k", 16), ("wrk",), usual=False, goals=(_ratio(1.0),)),
    Scenario("end64k-h2-tls", "64 KiB in one piece, h2 TLS, 4 connections x 4 streams", "req/s",
             _h2load("/end64k", 4, 4), usual=False, goals=(_ratio(1.0),)),
    Scenario("connect-resumed", "new TLS connections, resumed", "conn/s", _connect("resumed"), (REFERENCE_BUILD,), usual=False,
             goals=(_ratio(1.0),)),
    Scenario("idle-plain", f"idle plain connection after one request ({IDLE_CONNECTIONS} open)", "KiB",
             _quiet("plain", IDLE_CONNECTIONS), (REFERENCE_BUILD,), fresh=True, usual=False, goals=(Goal(at_most=4),)),
    Scenario("idle-10000-tls", f"server with {CROWD:,} idle TLS connections, and {BUSY_CONNECTIONS} busy ones", "MiB",
             _crowded(CROWD), ("wrk", REFERENCE_BUILD), fresh=True, usual=False, without=(FPM,), files=CROWD_FILES,
             extra=("p99 of hello, to that with none idle:", "x"), goals=(Goal(at_most=110), Goal("extra", at_most=1.5))),
    Scenario("delay-10000", f"handler that waits, with its plain connection ({CROWD:,} at once)", "KiB",
             _quiet("waiting", CROWD), (REFERENCE_BUILD,), fresh=True, usual=False, needs="waiting", files=CROWD_FILES,
             mappings=CROWD_MAPPINGS, goals=(Goal(at_most=30),)),
    Scenario("start", f"start of the process to its first answer ({STARTS} starts)", "ms", _start, fresh=True, usual=False,
             without=(FPM, GUIDED), extra=("with what a bare process takes:", "ms"), goals=(Goal(at_most=15),)),
    Scenario("stuck-tls", f"stream to a TLS client that stopped reading ({STUCK_CONNECTIONS} open)", "KiB",
             _quiet("stuck", STUCK_CONNECTIONS), (REFERENCE_BUILD,), fresh=True, usual=False, without=(FPM,)),
    Scenario("hello-all-on-h1-plain", "hello, h1 plain, 64 connections, where all is on and not used", "req/s",
             _wrk("http", "/hello", 64, headers=CODED), ("wrk",), usual=False, needs="hello", baseline=SLUICE),
    _file("file1k-h1-plain", "file of 1 KiB, h1 plain, 64 connections", "req/s",
          _wrk("http", "/files/1k.bin", 64), programs=("wrk",)),
    _file("file1k-h1-tls", "file of 1 KiB, h1 TLS, 64 connections", "req/s",
          _wrk("https", "/files/1k.bin", 64), programs=("wrk",)),
    _file("file1k-h2-tls", "file of 1 KiB, h2 TLS, 16 connections x 32 streams", "req/s", _h2load("/files/1k.bin", 16, 32)),
    _file("file1m-h1-plain", "file of 1 MiB, h1 plain, 64 connections", "req/s",
          _wrk("http", "/files/1m.bin", 64), programs=("wrk",)),
    _file("file1m-h1-tls", "file of 1 MiB, h1 TLS, 64 connections", "req/s",
          _wrk("https", "/files/1m.bin", 64), programs=("wrk",)),
    _file("file1m-h2-tls", "file of 1 MiB, h2 TLS, 16 connections x 4 streams", "req/s", _h2load("/files/1m.bin", 16, 4)),
    _file("file10m-h1-tls", "file of 10 MiB, h1 TLS, 4 connections", "MiB/s",
          _wrk("https", "/files/10m.bin", 4, 10), programs=("wrk",)),
    _file("file10m-h2-tls", "file of 10 MiB, h2 TLS, 4 connections", "MiB/s", _h2load("/files/10m.bin", 4, 1, 10)),
    _gzip("gzip-h1-plain", "JSON of 20 KiB, gzip level 6, h1 plain, 64 connections",
          _wrk("http", "/data.json", 64, headers=CODED), programs=("wrk",)),
    _gzip("gzip-h2-tls", "JSON of 20 KiB, gzip level 6, h2 TLS, 16 connections x 4 streams",
          _h2load("/data.json", 16, 4, headers=CODED)),
    _form("upload-h1-plain", f"form with a file of 20 MB, h1 plain, {UPLOAD_CLIENTS} at a time", _upload("http", h1=True)),
    _form("upload-h2-tls", f"form with a file of 20 MB, h2 TLS, {UPLOAD_CLIENTS} at a time", _upload("https", h1=False)),
    *(_handshake(kind, key, name) for name, key in NAMES.items() for kind in ("full", "resumed")),
]  # fmt: skip

BY_NAME = {scenario.name: scenario for scenario in ALL}
USUAL = [scenario.name for scenario in ALL if scenario.usual]
FEATURES = [scenario.name for scenario in ALL if scenario.needs in ("hello", "files", "document", "upload")]
HANDSHAKES = [scenario.name for scenario in ALL if scenario.needs == "handshakes"]
RINGS = ["stream-h1-tls", "stream-h2-tls", "idle-tls", "stuck-tls"]
