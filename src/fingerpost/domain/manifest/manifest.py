"""The manifest's canonical form: pages of sorted entries, and a root that names the pages.

A page is one JSON object a line, keys sorted, in UTF-8. Where a page ends depends on the entries
alone, so that two versions share the pages that they have in common. The root's digest is the
artifact's digest. JSON escapes what it quotes, so no path can forge a second entry.

Everything here is pure: bytes in, bytes out. *Source*: ADR 0004.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final
from zlib import crc32

from attrs import field, frozen

from ..errors import CorruptLedgerError, InvalidValueError
from ..metadata.metadata import LARGEST_INTEGER, JsonObject, JsonValue
from .digest import Digest
from .entry import Entry
from .entry_path import EntryPath
from .manifest_line import ManifestLine, canonical, entry_of

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


def _storable(root: object, attribute: object, size_bytes: int) -> None:
    # Each size is bounded, but their sum is a column of the read tables too.
    del root, attribute
    if size_bytes >= LARGEST_INTEGER:
        expected = "all entries together have fewer than 2**63 bytes"
        raise InvalidValueError("size", size_bytes, expected, "Split the artifact in several.")


@frozen(kw_only=True)
class ManifestRoot:
    """What a manifest's digest is taken over.

    Attributes:
        pages: in order of their first paths.
        count: entries in all.
        size_bytes: sum of the entries' known sizes.

    Raises:
        InvalidValueError: the sum is larger than a store can keep.
    """

    pages: tuple[PageRef, ...]
    count: int
    size_bytes: int = field(validator=_storable)

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
        return canonical(root)


def pages(lines: Iterable[ManifestLine]) -> Iterator[tuple[Sequence[ManifestLine], bytes]]:
    """Cut sorted lines into pages; yield each page's lines and bytes."""
    held: list[ManifestLine] = []
    size_bytes = 0
    for line in lines:
        held.append(line)
        size_bytes += len(line.body)
        if (
            _is_boundary(line.path)
            or len(held) >= MOST_PAGE_ENTRIES
            or size_bytes >= MOST_PAGE_BYTES
        ):
            yield held, _joined(held)
            held, size_bytes = [], 0
    if held:
        yield held, _joined(held)


def decode_page(body: bytes, where: str) -> list[Entry]:
    """Return the entries of a page, in order.

    Raises:
        CorruptLedgerError: the page is not in canonical form, or has more entries than any.
    """
    # A line is some 30 bytes, and its entry some 500: the lines are counted before they are read.
    if (count := body.count(b"\n")) > MOST_PAGE_ENTRIES:
        raise CorruptLedgerError(where, f"is not a manifest page ({count:,} entries)")
    try:
        return [entry_of(line) for line in body.split(b"\n") if line]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
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
        found = tuple(_page_ref(page) for page in root["pages"])
        count, size_bytes = _whole(root["count"]), _whole(root["size"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CorruptLedgerError(where, f"is not a manifest root ({error})") from error
    if count != sum(page.count for page in found):
        raise CorruptLedgerError(where, f"says that it has {count} entries, and its pages another")
    if any(page.first >= following.first for page, following in pairwise(found)):
        raise CorruptLedgerError(where, "does not have its pages in order")
    return ManifestRoot(pages=found, count=count, size_bytes=size_bytes)


def _page_ref(page: Mapping[str, JsonValue]) -> PageRef:
    first, count, digest = page["first"], _whole(page["count"]), page["digest"]
    if not isinstance(first, str) or not isinstance(digest, str):
        msg = "a page has a first path and a digest"
        raise TypeError(msg)
    if not 1 <= count <= MOST_PAGE_ENTRIES:
        msg = f"a page has 1 to {MOST_PAGE_ENTRIES:,} entries, not {count}"
        raise ValueError(msg)
    return PageRef(EntryPath(first), count, Digest(digest))


def _whole(value: JsonValue) -> int:
    if type(value) is not int or not 0 <= value < LARGEST_INTEGER:
        msg = f"{value!r:.40} is no number of entries or bytes"
        raise ValueError(msg)
    return value


def _joined(lines: Iterable[ManifestLine]) -> bytes:
    return b"".join(line.body for line in lines)


def _is_boundary(path: str) -> bool:
    return crc32(path.encode()) & _BOUNDARY_MASK == 0
