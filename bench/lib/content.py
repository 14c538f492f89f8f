"""What the servers serve and take in: files, a JSON document, a form with a file in it. The same bytes in every run."""

import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path

FILES = {"1k.bin": 1 << 10, "1m.bin": 1 << 20, "10m.bin": 10 << 20}
DOCUMENT = "data.json"
DOCUMENT_BYTES = 20 << 10
UPLOAD_BYTES = 20_000_000
BOUNDARY = "bench-0b9f3c1d7a"
FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"


@dataclass(frozen=True)
class Content:
    """Where it lies. No two places of a file are alike, so that a piece lost, doubled or swapped shows in its digest."""

    files: Path     # the directory of FILES and DOCUMENT
    form: Path      # a request body of the type FORM_TYPE; the file of UPLOAD_BYTES is its part "file"
    digests: dict   # by the name of the file in `files`


def make(directory):
    """Writes it below `directory`, for others to read. Returns a Content."""
    files = directory / "files"
    files.mkdir()
    files.chmod(0o755)
    bodies = {name: random.Random(name).randbytes(size) for name, size in FILES.items()} | {DOCUMENT: _document()}
    for name, body in bodies.items():
        (files / name).write_bytes(body)
        (files / name).chmod(0o644)
    form = directory / "form"
    form.write_bytes(_form())
    return Content(files, form, {name: digest(body) for name, body in bodies.items()})


def digest(body):
    return hashlib.sha256(body).hexdigest()


def _document():
    """Records as an API answers them, up to DOCUMENT_BYTES exactly: compressible, but no record twice."""
    source, records = random.Random(DOCUMENT), []
    while len(body := _encoded(records, "")) < DOCUMENT_BYTES - 200:
        records.append(_record(source, len(records)))
    return _encoded(records, "." * (DOCUMENT_BYTES - len(body)))


def _record(source, number):
    words = ["amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "larch", "marsh", "ridge"]
    return {
        "id": 100_000 + number,
        "name": " ".join(source.choices(words, k=3)),
        "price": round(source.uniform(1, 500), 2),
        "available": source.random() < 0.7,
        "tags": source.sample(words, k=2),
        "checksum": f"{source.getrandbits(64):016x}",
    }


def _encoded(records, end):
    return json.dumps({"records": records, "end": end}, separators=(",", ":")).encode()


def _form():
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nA film\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="film.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + random.Random("film").randbytes(UPLOAD_BYTES) + f"\r\n--{BOUNDARY}--\r\n".encode()
