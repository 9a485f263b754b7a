"""The files of a bundle: a folder that holds a ledger, or the end of one, and content.

::

    bundle.json                      what there is; written last
    checkpoint                       signed, if somebody signed it
    ledger/0000000001-0000005000.jsonl.zst
    content/                         as in a store: manifests, and files if they were wanted

*Source*: ``docs/reference/bundle-format.md``.
"""

import base64
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import zstandard
from attrs import frozen

from fingerpost.domain.errors import InvalidBundleError
from fingerpost.domain.ledger.record import LedgerRecord

from ..files.durability import sync_file, sync_folder

FORMAT: Final = 1
HEADER: Final = "bundle.json"
CHECKPOINT: Final = "checkpoint"
CONTENT: Final = "content"
PAGE: Final = 5_000
_FOLDER: Final = "ledger"
_NAME: Final = re.compile(r"ledger/\d{10,19}-\d{10,19}\.jsonl\.zst")
_MOST_HEADER_BYTES: Final = 256 << 20
_MOST_LINE_BYTES: Final = 64 << 20
"""More than the largest event has in base64."""


@frozen(kw_only=True)
class PageFile:
    """One file of events.

    Attributes:
        name: relative to the bundle.
        first: position of its first event.
        last: position of its last event.
        sha256: of the file, hexadecimal.
    """

    name: str
    first: int
    last: int
    sha256: str


@frozen(kw_only=True)
class Header:
    """What a bundle says of itself.

    Attributes:
        origin: the ledger that it comes from.
        first: position of its first event; one above ``last`` when it has none.
        last: position of its last event: the size of the ledger.
        root: root hash of the ledger's Merkle tree at that size.
        has_files: whether it holds the files of the versions, and not only their manifests.
        pages: files of events, in order.
    """

    origin: str
    first: int
    last: int
    root: bytes
    has_files: bool
    pages: Sequence[PageFile]


def write_page(folder: Path, records: Sequence[LedgerRecord]) -> PageFile:
    """Write a file of events; one that is there already as it should be stays."""
    first, last = records[0].position, records[-1].position
    data = zstandard.compress(b"".join(map(_line, records)), 3)
    page = PageFile(
        name=f"{_FOLDER}/{first:010}-{last:010}.jsonl.zst",
        first=first,
        last=last,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    path = folder / page.name
    if not path.is_file() or path.read_bytes() != data:
        write_file(path, data)
    return page


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole and durably, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_bytes(data)
    sync_file(unfinished)
    unfinished.replace(path)
    sync_folder(path.parent)


def write_header(folder: Path, header: Header) -> None:
    """Write the header; from now on the folder is a bundle."""
    said = {
        "format": FORMAT,
        "origin": header.origin,
        "first": header.first,
        "last": header.last,
        "root": base64.b64encode(header.root).decode(),
        "has_files": header.has_files,
        "pages": [
            {"name": each.name, "first": each.first, "last": each.last, "sha256": each.sha256}
            for each in header.pages
        ],
    }
    write_file(folder / HEADER, json.dumps(said, indent=1).encode() + b"\n")


def read_header(folder: Path) -> Header:
    """Read what a bundle says of itself.

    Raises:
        InvalidBundleError: it is no bundle, or one that is not known.
    """
    try:
        with (folder / HEADER).open("rb") as file:
            # Asked for more than there is, `read` takes the memory for all of it at once.
            there_bytes = os.fstat(file.fileno()).st_size
            said = json.loads(file.read(min(there_bytes, _MOST_HEADER_BYTES)))
        return _header(folder, said)
    except FileNotFoundError:
        problem = f"it has no {HEADER}: it is no bundle, or its export was not finished"
        raise InvalidBundleError(str(folder), problem) from None
    except OSError as error:
        raise InvalidBundleError(str(folder), f"{HEADER}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidBundleError(str(folder), f"{HEADER} is damaged ({error!r})") from error


def read_page(folder: Path, page: PageFile) -> Iterator[LedgerRecord]:
    """Iterate over the events of a file.

    Raises:
        InvalidBundleError: the file is not what the header says; names the event.
    """
    where = f"events {page.first} to {page.last} ({page.name})"
    try:
        data = (folder / page.name).read_bytes()
    except OSError as error:
        raise InvalidBundleError(str(folder), f"{where}: {error.strerror}") from error
    if hashlib.sha256(data).hexdigest() != page.sha256:
        raise InvalidBundleError(str(folder), f"{where}: the file was changed, or is cut")
    expected = page.first
    for line in _lines(folder, where, data):
        record = _record(folder, expected, line)
        if record.position != expected or expected > page.last:
            problem = f"event {expected} is missing: event {record.position} is in its place"
            raise InvalidBundleError(str(folder), problem)
        yield record
        expected += 1
    if expected != page.last + 1:
        raise InvalidBundleError(str(folder), f"event {expected} is missing from {page.name}")


def _line(record: LedgerRecord) -> bytes:
    said = {
        "position": record.position,
        "stream": record.stream_id.hex,
        "version": record.version,
        "kind": record.kind,
        "state": base64.b64encode(record.state).decode(),
        "leaf": base64.b64encode(record.leaf).decode(),
    }
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def _lines(folder: Path, where: str, data: bytes) -> Iterator[bytes]:
    # Streamed, and no line without an end: a few bytes of zstd can stand for terabytes.
    try:
        with zstandard.ZstdDecompressor().stream_reader(data) as reader:
            rest = b""
            while block := reader.read(1 << 20):
                *whole, rest = (rest + block).split(b"\n")
                yield from whole
                if len(rest) > _MOST_LINE_BYTES:
                    problem = f"{where}: an event of more than {_MOST_LINE_BYTES:,} bytes"
                    raise InvalidBundleError(str(folder), problem)
    except zstandard.ZstdError as error:
        raise InvalidBundleError(str(folder), f"{where}: cannot be read ({error})") from error
    if rest:
        raise InvalidBundleError(str(folder), f"{where}: ends in the middle of an event")


def _record(folder: Path, position: int, line: bytes) -> LedgerRecord:
    try:
        said = json.loads(line)
        record = LedgerRecord(
            position=_whole(said["position"]),
            stream_id=UUID(hex=_text(said["stream"])),
            version=_whole(said["version"]),
            kind=_text(said["kind"]),
            state=base64.b64decode(_text(said["state"]), validate=True),
        )
        leaf = base64.b64decode(_text(said["leaf"]), validate=True)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        problem = f"event {position} cannot be read ({error!r})"
        raise InvalidBundleError(str(folder), problem) from error
    if record.leaf != leaf:
        problem = f"event {record.position} is not what was exported: it was changed"
        raise InvalidBundleError(str(folder), problem)
    return record


def _header(folder: Path, said: dict[str, Any]) -> Header:
    if said["format"] != FORMAT:
        problem = f"it has the format {said['format']!r}, and {FORMAT} is known: upgrade Fingerpost"
        raise InvalidBundleError(str(folder), problem)
    pages = [
        PageFile(
            name=_page_name(each["name"]),
            first=_whole(each["first"]),
            last=_whole(each["last"]),
            sha256=_text(each["sha256"]),
        )
        for each in said["pages"]
    ]
    header = Header(
        origin=_text(said["origin"]),
        first=_whole(said["first"]),
        last=_whole(said["last"]),
        root=base64.b64decode(_text(said["root"]), validate=True),
        has_files=bool(said["has_files"]),
        pages=pages,
    )
    expected = header.first
    for page in pages:
        if page.first != expected or page.last < page.first:
            raise InvalidBundleError(str(folder), f"event {expected} is missing")
        expected = page.last + 1
    if header.first < 1 or expected != header.last + 1:
        raise InvalidBundleError(str(folder), f"event {expected} is missing")
    return header


def _page_name(name: object) -> str:
    # Only what an export writes: never a path that leads elsewhere.
    if not _NAME.fullmatch(_text(name)):
        msg = f"{name!r} is no file of events"
        raise ValueError(msg)
    return _text(name)


def _text(value: object) -> str:
    if not isinstance(value, str):
        msg = f"{value!r} is no text"
        raise TypeError(msg)
    return value


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < 1 << 63:
        msg = f"{value!r} is no position"
        raise ValueError(msg)
    return value
