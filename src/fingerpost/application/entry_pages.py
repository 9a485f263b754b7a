"""Comparing the entries of two artifacts without reading the pages that they share."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Protocol

from fingerpost.domain.digest import Digest
from fingerpost.domain.entry import Entry
from fingerpost.domain.manifest import PageRef
from fingerpost.domain.metadata import is_same

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

    def entries_outside(self, skipped: Collection[Digest]) -> Iterator[Entry]:
        """Iterate over the entries of all pages but those with these digests, in order."""
        ...


class StoredPages:
    """The pages of a logged artifact; one that is skipped is not read.

    Args:
        manifest: its manifest.
    """

    def __init__(self, manifest: StoredManifest) -> None:
        self._manifest = manifest

    @property
    def pages(self) -> Sequence[PageRef]:
        """The pages, in order."""
        return self._manifest.root.pages

    def entries_outside(self, skipped: Collection[Digest]) -> Iterator[Entry]:
        """Iterate over the entries of all pages but those with these digests, in order."""
        for page in self.pages:
            if page.digest not in skipped:
                yield from self._manifest.read(page)


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

    def entries_outside(self, skipped: Collection[Digest]) -> Iterator[Entry]:
        """Iterate over the entries of all pages but those with these digests, in order."""
        entries = self._entries.values_in_order()
        for page in self.pages:
            own = islice(entries, page.count)
            if page.digest in skipped:
                for _ in own:
                    pass
            else:
                yield from own


def differing(before: EntryPages, after: EntryPages) -> Iterator[Pair]:
    """Iterate over paths whose entries differ, sorted by path, with the entries.

    Pages that both have are not read: what is in them is the same under the same paths. One page
    of each is in memory at a time.
    """
    shared = {page.digest for page in before.pages} & {page.digest for page in after.pages}
    left, right = before.entries_outside(shared), after.entries_outside(shared)
    for pair in _side_by_side(left, right):
        if not _is_unchanged(*pair):
            yield pair


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
