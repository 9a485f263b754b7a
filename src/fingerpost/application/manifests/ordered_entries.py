"""Entries by path that can be gone through in order, wherever they are."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.manifest_line import ManifestLine, line_of


class OrderedEntries(Mapping[str, Entry]):
    """Entries by path; iterating over them needs no memory that grows with their number."""

    @abstractmethod
    def values_in_order(self, after: str | None = None) -> Iterator[Entry]:
        """Iterate over entries sorted by path, optionally those after a path."""

    def lines(self) -> Iterator[ManifestLine]:
        """Iterate over the lines of a manifest with these entries, sorted by path."""
        return map(line_of, self.values_in_order())

    def contents(self) -> Iterable[tuple[Digest, int]]:
        """Iterate over the stored contents that entries name: digest and size, each once."""
        entries = self.values_in_order()
        return {e.content: e.size_bytes or 0 for e in entries if e.content is not None}.items()

    def __iter__(self) -> Iterator[str]:
        for entry in self.values_in_order():
            yield str(entry.path)


class SortedEntries(OrderedEntries):
    """A mapping that is sorted once.

    Args:
        entries: by path; not to be changed any more.
    """

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = entries

    @cached_property
    def _paths(self) -> list[str]:
        return sorted(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __getitem__(self, path: str) -> Entry:
        return self._entries[path]

    def values_in_order(self, after: str | None = None) -> Iterator[Entry]:
        """Iterate over entries sorted by path, optionally those after a path."""
        return (self._entries[p] for p in self._paths if after is None or p > after)


def ordered(entries: Mapping[str, Entry]) -> OrderedEntries:
    """Return the entries as ones that can be gone through in order."""
    return entries if isinstance(entries, OrderedEntries) else SortedEntries(entries)


class EntriesNow(OrderedEntries):
    """Whatever somebody's entries are at the moment.

    Args:
        entries: returns them.
    """

    def __init__(self, entries: Callable[[], OrderedEntries]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries())

    def __getitem__(self, path: str) -> Entry:
        return self._entries()[path]

    def values_in_order(self, after: str | None = None) -> Iterator[Entry]:
        """Iterate over entries sorted by path, optionally those after a path."""
        return self._entries().values_in_order(after)
