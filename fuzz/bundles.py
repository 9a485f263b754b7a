"""Headers and files of events in bundles that arrive on a stick."""

import hashlib
import json
from uuid import UUID

import zstandard

from fingerpost.adapters.bundles import bundle
from fingerpost.domain.ledger.record import LedgerRecord

from .scratch import scratch
from .target import GOLDEN, Target

_NAME = "ledger/0000000001-0000000003.jsonl.zst"


def read_header(data: bytes) -> None:
    """Read the header of a bundle."""
    (scratch() / bundle.HEADER).write_bytes(data)
    header = bundle.read_header(scratch())
    assert header.first - 1 <= header.last
    assert all(not page.name.startswith("/") and ".." not in page.name for page in header.pages)


def read_lines(data: bytes) -> None:
    """Read events whose file has the sum that the header gives."""
    read_file(zstandard.compress(data, 1))


def read_file(data: bytes) -> None:
    """Read a compressed file of events whose sum is the one that the header gives."""
    path = scratch() / _NAME
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    page = bundle.PageFile(name=_NAME, first=1, last=3, sha256=sha256)
    for record in bundle.read_page(scratch(), page):
        _ = record.leaf


def _headers() -> list[bytes]:
    pages = [
        bundle.PageFile(name=_NAME, first=1, last=3, sha256="0" * 64),
        bundle.PageFile(name=_NAME, first=4, last=9, sha256="1" * 64),
    ]
    header = bundle.Header(
        origin="fingerpost.ledger/x", first=1, last=9, root=bytes(32), has_files=True, pages=pages
    )
    bundle.write_header(scratch(), header)
    return [(scratch() / bundle.HEADER).read_bytes()]


def _records() -> list[LedgerRecord]:
    golden = json.loads((GOLDEN / "events_v1.json").read_text(encoding="utf-8"))
    return [
        LedgerRecord(
            position=number,
            stream_id=UUID(int=number),
            version=1,
            kind=kind,
            state=json.dumps(golden[kind]["state"]).encode(),
        )
        for number, kind in enumerate(sorted(golden)[:3], 1)
    ]


def _files() -> list[bytes]:
    page = bundle.write_page(scratch(), _records())
    return [(scratch() / page.name).read_bytes()]


def _lines() -> list[bytes]:
    return [zstandard.decompress(data) for data in _files()]


HEADERS = Target(read=read_header, seeds=_headers)
LINES = Target(read=read_lines, seeds=_lines)
FILES = Target(read=read_file, seeds=_files, is_json=False)
