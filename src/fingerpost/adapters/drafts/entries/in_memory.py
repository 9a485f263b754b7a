"""Entries in a dictionary."""

from collections.abc import Iterator, Sequence

from fingerpost.application.manifests.ordered_entries import OrderedEntries
from fingerpost.domain.manifest.entry import Entry

from .chunk import Chunk


class EntriesInMemory(OrderedEntries):
    """See :class:`~fingerpost.adapters.drafts.entries.spilling.Held`."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._before: dict[str, Entry | None] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, path: str) -> Entry:
        return self._entries[path]

    def find(self, path: str) -> Entry | None:
        """Return the entry at a path, if there is one."""
        return self._entries.get(path)

    def values_in_order(self, after: str | None = None) -> Iterator[Entry]:
        """Iterate over entries sorted by path, optionally those after a path."""
        paths = sorted(self._entries)
        return (self._entries[path] for path in paths if after is None or path > after)

    @property
    def size_bytes(self) -> int:
        """Sum of the known sizes."""
        return sum(entry.size_bytes or 0 for entry in self._entries.values())

    def put(self, entry: Entry) -> None:
        """Add an entry, or replace the one at its path."""
        path = str(entry.path)
        self._note(path)
        self._entries[path] = entry

    def insert(self, chunk: Chunk) -> Sequence[Entry]:
        """Add entries up to the first that differs from one that is there; return the rest."""
        for number, entry in enumerate(chunk.entries):
            held = self._entries.get(entry.path)
            if held is None:
                self.put(entry)
            elif held != entry:
                return chunk.entries[number:]
        return ()

    def remove(self, path: str, below: str) -> int:
        """Remove an entry, and those whose paths begin with some text; return how many."""
        gone = [held for held in self._entries if held == path or held.startswith(below)]
        for held in gone:
            self._note(held)
            del self._entries[held]
        return len(gone)

    def begin(self) -> None:
        """Remember what is there from now on."""
        self.rollback()  # if Ctrl-C came twice, and the second time while going back
        self._before = {}

    def commit(self) -> None:
        """Keep what was changed."""
        self._before = None

    def rollback(self) -> None:
        """Return to what was there."""
        for path, entry in (self._before or {}).items():
            if entry is None:
                self._entries.pop(path, None)
            else:
                self._entries[path] = entry
        self._before = None

    def close(self) -> None:
        """Forget everything."""
        self._entries = {}

    def _note(self, path: str) -> None:
        if self._before is not None:
            self._before.setdefault(path, self._entries.get(path))
