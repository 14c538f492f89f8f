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
WORDS = ["amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "heath", "inlet", "larch", "marsh", "ridge"]
BOUNDARY = "bench-0b9f3c1d7a"
FORM_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
ROWS = 50
# What a browser sends to an API, and what the handlers of /json read.
JSON_HEADERS = {
    "Accept": "application/json, text/plain;q=0.9, */*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9,de;q=0.7",
    "Authorization": "Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiI0MjE3Iiwic2NvcGUiOiJyZWFkIn0.c2lnbmF0dXJlLW9mLWEtdG9rZW4",
    "Cookie": "session=6f1d0c9b5e7a4c83; theme=dark; seen=1788134400",
    "Origin": "https://shop.example",
    "Referer": "https://shop.example/list?page=2",
    "Traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "X-Request-Id": "b7c1a4f0-5d0e-4f7b-9a55-0e4b5f1f8a2d",
}


@dataclass(frozen=True)
class Content:
    """Where it lies. No two places of a file are alike, so that a piece lost, doubled or swapped shows in its digest."""

    files: Path     # the directory of FILES and DOCUMENT
    form: Path      # a request body of the type FORM_TYPE; the file of UPLOAD_BYTES is its part "file"
    digests: dict   # by the name of the file in `files`
    rows: Path      # the rows of /json, in JSON
    php_rows: Path  # the same as a PHP file that returns them
    json: bytes     # what /json answers to a request with JSON_HEADERS


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
    rows, php_rows = directory / "rows.json", directory / "rows.php"
    rows.write_bytes(_encoded(_rows()))
    php_rows.write_text(_in_php(_rows()))
    document = {"headers": sum(map(len, JSON_HEADERS.values())), "rows": _rows()}
    return Content(files, form, {name: digest(body) for name, body in bodies.items()}, rows, php_rows, _encoded(document))


def digest(body):
    return hashlib.sha256(body).hexdigest()


def _document():
    """Records as an API answers them, up to DOCUMENT_BYTES exactly: compressible, but no record twice."""
    source, records = random.Random(DOCUMENT), []
    while len(body := _encoded({"records": records, "end": ""})) < DOCUMENT_BYTES - 200:
        records.append(_record(source, len(records)))
    return _encoded({"records": records, "end": "." * (DOCUMENT_BYTES - len(body))})


def _record(source, number):
    return {
        "id": 100_000 + number,
        "name": " ".join(source.choices(WORDS, k=3)),
        "price": round(source.uniform(1, 500), 2),
        "available": source.random() < 0.7,
        "tags": source.sample(WORDS, k=2),
        "checksum": f"{source.getrandbits(64):016x}",
    }


def _rows():
    """Rows of a table. Every price has cents: of 1.0, PHP's json_encode() by itself would make 1."""
    source = random.Random("rows")
    return [
        {
            "id": 100_000 + number,
            "name": " ".join(source.choices(WORDS, k=3)),
            "price": (100 * source.randrange(1, 500) + source.randrange(1, 100)) / 100,
            "available": source.random() < 0.7,
            "featured": source.random() < 0.1,
            "added": f"2026-{source.randrange(1, 13):02}-{source.randrange(1, 29):02}",
        }
        for number in range(ROWS)
    ]


def _in_php(rows):
    """A PHP file that returns the rows. A number or a boolean is in PHP as in JSON, and no string has anything to escape."""
    lines = (", ".join(f"'{name}' => {_encoded(value).decode()}" for name, value in row.items()) for row in rows)
    return "<?php\n\nreturn [\n" + "".join(f"    [{line}],\n" for line in lines) + "];\n"


def _encoded(value):
    return json.dumps(value, separators=(",", ":")).encode()


def _form():
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="title"\r\n\r\nA film\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="film.bin"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + random.Random("film").randbytes(UPLOAD_BYTES) + f"\r\n--{BOUNDARY}--\r\n".encode()
