"""Entries that move to disk when they get many."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from fingerpost.application.manifests.ordered_entries import OrderedEntries
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.manifest_line import ManifestLine

from ..limits import MOST_IN_MEMORY
from .chunk import Chunk, chunks
from .in_memory import EntriesInMemory
from .on_disk import EntriesOnDisk
from .place import PrivateFolder, keeping

Held = EntriesInMemory | EntriesOnDisk
"""Both keep entries by path, and can go back to what was there at a moment."""


class SpillingEntries(OrderedEntries):
    """The entries of a draft, changed in steps that happen as a whole or not at all.

    Args:
        place: where a file may be.
        most_in_memory: when there might be more, they move to a file and stay there.

    *Source*: ADR 0019.
    """

    def __init__(self, place: PrivateFolder, most_in_memory: int = MOST_IN_MEMORY) -> None:
        self._place = place
        self._most_in_memory = most_in_memory
        self._held: Held = EntriesInMemory()
        self._left: EntriesInMemory | None = None
        self._is_in_step = False

    @property
    def is_in_memory(self) -> bool:
        """Whether they have not moved to disk."""
        return isinstance(self._held, EntriesInMemory)

    def __len__(self) -> int:
        return len(self._held)

    def __getitem__(self, path: str) -> Entry:
        entry = self.find(path)
        if entry is None:
            raise KeyError(path)
        return entry

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self.find(path) is not None

    def find(self, path: str) -> Entry | None:
        """Return the entry at a path, if there is one."""
        try:
            return self._held.find(path)
        except UnicodeEncodeError:  # of what is no valid Unicode, so it is no path either
            return None

    def values_in_order(self, after: str | None = None) -> Iterator[Entry]:
        """Iterate over entries sorted by path, optionally those after a path."""
        return self._held.values_in_order(after)

    def lines(self) -> Iterator[ManifestLine]:
        """Iterate over lines sorted by path."""
        return self._held.lines()

    def contents(self) -> Iterable[tuple[Digest, int]]:
        """Iterate over the stored contents that entries name: digest and size, each once."""
        return self._held.contents()

    @property
    def size_bytes(self) -> int:
        """Sum of the known sizes."""
        return self._held.size_bytes

    def put(self, entry: Entry) -> None:
        """Add an entry, or replace the one at its path."""
        self._make_room(1)
        self._held.put(entry)

    def insert(self, chunk: Chunk) -> Sequence[Entry]:
        """Add entries whose paths are free or hold the same.

        Returns:
            From the first entry that differs from the one at its path, the rest: to be put one by
            one, or not. Inside a step only.
        """
        self._make_room(len(chunk.entries))
        return self._held.insert(chunk)

    def remove(self, path: str) -> bool:
        """Remove an entry, and all below it as a folder; return whether there was any."""
        try:
            with self.step():
                return self._held.remove(path, f"{path.rstrip('/')}/") > 0
        except UnicodeEncodeError:
            return False

    @contextmanager
    def step(self) -> Iterator[None]:
        """Make what is changed in the block one step: an exception undoes all of it."""
        if self._is_in_step:
            yield  # as a part of it
            return
        try:
            self._is_in_step = True
            self._held.begin()
            yield
            self._held.commit()
        except BaseException:
            self._undo()
            raise
        finally:
            self._is_in_step = False
            self._left = None

    def _undo(self) -> None:
        if self._left is not None and self._left is not self._held:
            spilled, self._held = self._held, self._left
            spilled.close()
        self._held.rollback()

    def _make_room(self, count: int) -> None:
        held = self._held
        if isinstance(held, EntriesInMemory) and len(held) + count > self._most_in_memory:
            self._spill(held)

    def _spill(self, held: EntriesInMemory) -> None:
        with keeping(self._place.folder):
            path = self._place.new_path()
        spilled = EntriesOnDisk(path)
        try:
            spilled.begin()
            for chunk in chunks(held.values_in_order()):
                spilled.insert(chunk)
            if self._is_in_step:
                # What is undone with the step is not held any longer: the file has it.
                held.rollback()
                self._left = held
            else:
                spilled.commit()
            self._held = spilled
        except BaseException:
            spilled.close()
            raise

    def close(self) -> None:
        """Forget the entries, and remove the file. Idempotent."""
        self._held.close()
        self._held = EntriesInMemory()
