"""Comparing the entries of two artifacts without reading the pages that they share."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Protocol

from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.manifest import PageRef, decode_page
from fingerpost.domain.manifest.manifest_line import line_of
from fingerpost.domain.metadata.metadata import is_same

from .manifests import PendingManifest, StoredManifest
from .ordered_entries import OrderedEntries

Pair = tuple[Entry | None, Entry | None]
"""What two artifacts have under one path: at least one of them has an entry."""


class EntryPages(Protocol):
    """Entries in pages, each of which has a digest."""

    @property
    def pages(self) -> Sequence[PageRef]:
        """The pages, in order."""
        ...

    def lines(self, page: PageRef) -> Sequence[bytes]:
        """Return the lines of one of the pages, in order, without their ends."""
        ...


class StoredPages:
    """The pages of a logged artifact; each is read when its lines are asked for.

    Args:
        manifest: its manifest.
    """

    def __init__(self, manifest: StoredManifest) -> None:
        self._manifest = manifest

    @property
    def pages(self) -> Sequence[PageRef]:
        """The pages, in order."""
        return self._manifest.root.pages

    def lines(self, page: PageRef) -> Sequence[bytes]:
        """Return the lines of one of the pages, in order, without their ends."""
        return self._manifest.body(page).splitlines()


class DraftPages:
    """The pages that a draft would have if it were logged now.

    Args:
        entries: the draft's; they must not change while they are compared.
        pending: what would be logged of them.
    """

    def __init__(self, entries: OrderedEntries, pending: PendingManifest) -> None:
        self._entries = entries
        self._pending = pending

    @property
    def pages(self) -> Sequence[PageRef]:
        """The pages, in order."""
        return self._pending.root.pages

    def lines(self, page: PageRef) -> Sequence[bytes]:
        """Return the lines of one of the pages, in order, without their ends."""
        others = islice(self._entries.values_in_order(page.first), page.count - 1)
        own = [self._entries[page.first], *others]
        return [line_of(entry).body.rstrip() for entry in own]


def differing(before: EntryPages, after: EntryPages) -> Iterator[Pair]:
    """Iterate over paths whose entries differ, sorted by path, with the entries.

    Pages that both have are not read: what is in them is the same under the same paths. Of pages
    that begin with the same path only those lines are understood that the other has not. One page
    of each is in memory at a time.
    """
    rest = _Rest(before, after)
    for pair in _side_by_side(rest.entries(0), rest.entries(1)):
        if not _is_unchanged(*pair):
            yield pair


class _Rest:
    """What two artifacts have but for the pages, and some of the lines, that they share."""

    def __init__(self, *sides: EntryPages) -> None:
        self._sides = sides
        shared = {page.digest for page in sides[0].pages} & {page.digest for page in sides[1].pages}
        self._pages = [
            {page.first: page for page in side.pages if page.digest not in shared} for side in sides
        ]
        self._kept: dict[tuple[int, str], list[bytes]] = {}

    def entries(self, side: int) -> Iterator[Entry]:
        """Iterate over the entries of one of them, in order."""
        for first, page in self._pages[side].items():
            kept = self._kept.pop((side, first), None)
            lines = self._lines(side, first) if kept is None else kept
            yield from decode_page(b"\n".join(lines), f"manifest page {page.digest}")

    def _lines(self, side: int, first: str) -> Sequence[bytes]:
        own, twin = self._sides[side].lines(self._pages[side][first]), 1 - side
        if first not in self._pages[twin]:
            return own
        other = self._sides[twin].lines(self._pages[twin][first])
        # The other side comes to its page next: they begin with the same path.
        same = set(own).intersection(other)
        self._kept[twin, first] = [line for line in other if line not in same]
        return [line for line in own if line not in same]


def _side_by_side(left: Iterator[Entry], right: Iterator[Entry]) -> Iterator[Pair]:
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one.path < other.path):
            yield one, None
            one = next(left, None)
        elif one is None or other.path < one.path:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)


def _is_unchanged(before: Entry | None, after: Entry | None) -> bool:
    # Python's == takes 1 and true for equal; what is written of an entry does not.
    return (
        before is not None
        and after is not None
        and before == after
        and is_same(dict(before.extra), dict(after.extra))
    )
