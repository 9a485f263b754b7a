"""What one call added, for its caller, who mostly does not want to know."""

import weakref
from array import array
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import BinaryIO, Final, overload

import zstandard

from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.manifest_line import entry_of

from .chunk import CHUNK, Chunk
from .place import PrivateFolder, keeping

_LEVEL: Final = 1


class RecordedEntries(Sequence[Entry]):
    """Entries in the order in which they were added; when they are many, compressed on disk.

    It stays as it is whatever becomes of the draft. Safe to read from several threads.

    Args:
        place: where a file may be.
        most_in_memory: with more entries they are written to one.

    Attributes:
        has_content: whether one of them names stored content.
    """

    def __init__(self, place: PrivateFolder, most_in_memory: int) -> None:
        self.has_content = False
        self._place = place
        self._most_in_memory = most_in_memory
        self._held: list[Chunk] = []
        self._file: BinaryIO | None = None
        self._ends = array("Q", [0])
        self._count = 0
        self._last: tuple[int, list[bytes]] | None = None
        self._lock = Lock()

    @property
    def is_in_memory(self) -> bool:
        """Whether there are few enough."""
        return self._file is None

    def extend(self, chunk: Chunk) -> None:
        """Add entries. Every chunk but the last has the same number of them.

        Raises:
            StoreUnavailableError: there is no room for them.
        """
        self.has_content = self.has_content or any(e.content is not None for e in chunk.entries)
        self._count += len(chunk.entries)
        self._held.append(chunk)
        if self._count > self._most_in_memory:
            with keeping(self._place.folder):
                self._file = self._file or self._opened()
                for each in self._held:
                    self._write(self._file, each)
            self._held = []

    def _opened(self) -> BinaryIO:
        file = self._place.new_file()
        # Mostly it is only forgotten: no warning then of an open file.
        weakref.finalize(self, file.close)
        return file

    def _write(self, file: BinaryIO, chunk: Chunk) -> None:
        frame = zstandard.ZstdCompressor(level=_LEVEL).compress(
            b"".join(line.body for line in chunk.lines)
        )
        file.seek(self._ends[-1])
        file.write(frame)
        file.flush()
        self._ends.append(self._ends[-1] + len(frame))

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Entry]: ...
    def __getitem__(self, index: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(index, slice):
            return [self[number] for number in range(self._count)[index]]
        chunk, number = divmod(range(self._count)[index], CHUNK)
        if self._file is None:
            return self._held[chunk].entries[number]
        return entry_of(self._read(self._file, chunk)[number])

    def __iter__(self) -> Iterator[Entry]:
        for start in range(0, self._count, CHUNK):
            yield from self[start : start + CHUNK]

    def _read(self, file: BinaryIO, chunk: int) -> list[bytes]:
        with self._lock, keeping(self._place.folder):
            if self._last is None or self._last[0] != chunk:
                start, end = self._ends[chunk : chunk + 2]
                file.seek(start)
                body = zstandard.ZstdDecompressor().decompress(file.read(end - start))
                self._last = chunk, body.splitlines()
            return self._last[1]
