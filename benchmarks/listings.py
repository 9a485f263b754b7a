"""Listing a prefix, beside boto3's paginator and obstore, from a server on this machine.

The server hands out pages that are made beforehand, so that what is measured is the clients. The
raw baseline is fetching the same pages and doing nothing with them.
"""

import http.client
import multiprocessing
import os
import resource
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from urllib.parse import parse_qs, urlsplit

OBJECTS = int(os.environ.get("LISTED_OBJECTS", "100000"))
"""1,000,000 with ``LISTED_OBJECTS=1000000``."""

ROUNDS = 3
_PAGE = 1000
_SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def main() -> None:
    with serving() as url:
        os.environ |= {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        subjects = {"pages alone": raw, "obstore": obstore, "boto3": boto3, "fingerpost": ours}
        seconds = {
            name: [timed(subject, url) for _ in range(ROUNDS)] for name, subject in subjects.items()
        }
    print(
        f"{OBJECTS:,} objects in pages of {_PAGE:,}; medians of {ROUNDS} rounds, each in a process"
    )
    base = statistics.median(each[0] for each in seconds["boto3"])
    for name, seen in seconds.items():
        taken = statistics.median(each[0] for each in seen)
        grown = statistics.median(each[1] for each in seen)
        print(
            f"  {name:<14}{taken:8.2f} s {OBJECTS / taken:>12,.0f} /s "
            f"{base / taken:7.2f} x boto3   memory grew by {grown / 1024:6.1f} MiB"
        )


def timed(subject: Callable[[str], int], url: str) -> tuple[float, int]:
    """Return seconds, and by how many KiB a new process grew meanwhile."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_measured, args=(subject, url, sender))
    process.start()
    result: tuple[float, int] = receiver.recv()
    process.join()
    return result


def _measured(subject: Callable[[str], int], url: str, sender: Connection) -> None:
    assert subject(f"{url}?few") == _PAGE
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    assert subject(url) == OBJECTS
    taken = time.perf_counter() - started
    sender.send((taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib))


def _bucket(url: str) -> str:
    return "few" if url.endswith("?few") else "bucket"


def raw(url: str) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    pages = 1 if _bucket(url) == "few" else OBJECTS // _PAGE
    for number in range(pages):
        connection.request("GET", f"/{_bucket(url)}?list-type=2&continuation-token={number}")
        connection.getresponse().read()
    return pages * _PAGE


def boto3(url: str) -> int:
    import boto3  # noqa: PLC0415  # each in a process of its own

    paginator = boto3.client("s3").get_paginator("list_objects_v2")
    return sum(
        len(page["Contents"]) for page in paginator.paginate(Bucket=_bucket(url), Prefix="p/")
    )


def obstore(url: str) -> int:
    from obstore.store import S3Store  # noqa: PLC0415

    store = S3Store(
        _bucket(url), endpoint=url.removesuffix("?few"), client_options={"allow_http": True}
    )
    return sum(len(page) for page in store.list("p/", chunk_size=_PAGE))


def ours(url: str) -> int:
    from fingerpost.adapters.references.s3 import S3References  # noqa: PLC0415
    from fingerpost.application.ports.references import Reference  # noqa: PLC0415

    reference = Reference(
        uri=f"s3://{_bucket(url)}/p/", name=None, checksum=True, max_objects=OBJECTS
    )
    return sum(1 for _ in S3References().resolve(reference))


@contextmanager
def serving() -> Iterator[str]:
    """Run a server that knows two answers: no versioning, and a page."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(sender,), daemon=True)
    process.start()
    yield f"http://127.0.0.1:{receiver.recv()}"
    process.terminate()
    process.join()


def _serve(sender: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    sender.send(server.server_address[1])
    threading.Thread(target=server.serve_forever).run()


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = parse_qs(parts.query, keep_blank_values=True)
        body = self._versioning() if "versioning" in asked else self._page(parts.path, asked)
        self.send_response_only(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    @staticmethod
    def _versioning() -> bytes:
        return f'<VersioningConfiguration xmlns="{_SPACE}"/>'.encode()

    @staticmethod
    def _page(path: str, asked: dict[str, list[str]]) -> bytes:
        number = int(asked.get("continuation-token", ["0"])[0])
        is_last = path.startswith("/few") or (number + 1) * _PAGE >= OBJECTS
        following = (
            "" if is_last else f"<NextContinuationToken>{number + 1}</NextContinuationToken>"
        )
        return (_BEFORE + str(not is_last).lower() + _MIDDLE).encode() + (
            following + _CONTENTS.replace("NNNNNN", f"{number:06d}") + "</ListBucketResult>"
        ).encode()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_BEFORE = f'<ListBucketResult xmlns="{_SPACE}"><EncodingType>url</EncodingType><IsTruncated>'
_MIDDLE = "</IsTruncated>"
_CONTENTS = "".join(
    f"<Contents><Key>p/NNNNNN/{number:04d}.bin</Key><LastModified>2026-01-02T03:04:05.000Z"
    f"</LastModified><ETag>&quot;{number:032x}&quot;</ETag><Size>{number}</Size>"
    f"<StorageClass>STANDARD</StorageClass></Contents>"
    for number in range(_PAGE)
)
