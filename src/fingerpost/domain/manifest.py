"""The manifest's canonical form: pages of sorted entries, and a root that names the pages.

A page is one JSON object a line, keys sorted, in UTF-8. Where a page ends depends on the entries
alone, so that two versions share the pages that they have in common. The root's digest is the
artifact's digest. JSON escapes what it quotes, so no path can forge a second entry.

Everything here is pure: bytes in, bytes out. *Source*: ADR 0004.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final
from zlib import crc32

from attrs import frozen

from .digest import Digest
from .entry import Entry
from .entry_path import EntryPath, parents
from .errors import CorruptLedgerError, InvalidPathError
from .metadata import JsonObject, JsonValue

FORMAT: Final = "fingerpost-manifest-1"

_BOUNDARY_MASK: Final = 4095
"""A page ends after one path in 4,096, on average."""

MOST_PAGE_ENTRIES: Final = 16_384
MOST_PAGE_BYTES: Final = 8 << 20
"""Bounds for entries chosen so that no path ends a page; whoever reads a page may rely on them."""


@frozen
class PageRef:
    """Names a page: its first path, the number of its entries, its digest."""

    first: str
    count: int
    digest: Digest


@frozen(kw_only=True)
class ManifestRoot:
    """What a manifest's digest is taken over.

    Attributes:
        pages: in order of their first paths.
        count: entries in all.
        size_bytes: sum of the entries' known sizes.
    """

    pages: tuple[PageRef, ...]
    count: int
    size_bytes: int

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        pages: list[JsonValue] = [
            {"first": page.first, "count": page.count, "digest": str(page.digest)}
            for page in self.pages
        ]
        root: JsonObject = {
            "format": FORMAT,
            "count": self.count,
            "size": self.size_bytes,
            "pages": pages,
        }
        return _canonical(root)


def checked(entries: Mapping[str, Entry]) -> list[Entry]:
    """Return the entries sorted by path.

    Raises:
        InvalidPathError: a path is a file and also a folder of another: no folder can hold both.
    """
    for path in entries:
        for parent in parents(path):
            if parent in entries:
                raise InvalidPathError(
                    "path in the artifact",
                    path,
                    f"{parent!r} is a file in it and cannot be a folder too",
                    "Give one of them another name.",
                )
    return [entries[path] for path in sorted(entries)]


def pages(entries: Iterable[Entry]) -> Iterator[tuple[Sequence[Entry], bytes]]:
    """Cut sorted entries into pages; yield each page's entries and bytes."""
    held: list[Entry] = []
    lines: list[bytes] = []
    size_bytes = 0
    for entry in entries:
        line = _canonical(entry.to_json())
        held.append(entry)
        lines.append(line)
        size_bytes += len(line)
        if (
            _is_boundary(entry.path)
            or len(held) >= MOST_PAGE_ENTRIES
            or size_bytes >= MOST_PAGE_BYTES
        ):
            yield held, b"".join(lines)
            held, lines, size_bytes = [], [], 0
    if held:
        yield held, b"".join(lines)


def decode_page(body: bytes, where: str) -> list[Entry]:
    """Return the entries of a page, in order.

    Raises:
        CorruptLedgerError: the page is not in canonical form.
    """
    try:
        return [_entry(json.loads(line)) for line in body.splitlines()]
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptLedgerError(where, f"is not a manifest page ({error})") from error


def decode_root(body: bytes, where: str) -> ManifestRoot:
    """Return a manifest's root.

    Raises:
        CorruptLedgerError: it is not a root, or one of a later format.
    """
    try:
        root = json.loads(body)
        if root["format"] != FORMAT:
            raise CorruptLedgerError(where, f"has the format {root['format']!r}, not {FORMAT!r}")
        found = tuple(
            PageRef(page["first"], page["count"], Digest(page["digest"])) for page in root["pages"]
        )
        return ManifestRoot(pages=found, count=root["count"], size_bytes=root["size"])
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptLedgerError(where, f"is not a manifest root ({error})") from error


def _entry(plain: Mapping[str, JsonValue]) -> Entry:
    known = {"path", "digest", "size", "content", "ref", "extra"}
    if not known.issuperset(plain):
        msg = f"unknown keys {sorted(set(plain) - known)}"
        raise ValueError(msg)
    digest, size, ref = plain["digest"], plain.get("size"), plain.get("ref")
    content = plain.get("content", None if ref is not None else digest)
    extra = plain.get("extra") or {}
    if not (
        isinstance(digest, str)
        and isinstance(size, int | None)
        and isinstance(ref, str | None)
        and isinstance(content, str | None)
        and isinstance(extra, dict)
    ):
        msg = f"wrong types in the entry {plain.get('path')!r}"
        raise TypeError(msg)
    return Entry(
        path=EntryPath(str(plain["path"])),
        digest=digest,
        size_bytes=size,
        content=Digest(content) if content is not None else None,
        ref=ref,
        extra=extra,
    )


def _is_boundary(path: str) -> bool:
    return crc32(path.encode()) & _BOUNDARY_MASK == 0


def _canonical(plain: JsonObject) -> bytes:
    return (
        json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        + b"\n"
    )
