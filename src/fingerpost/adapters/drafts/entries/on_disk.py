"""Entries in an SQLite file of their own."""

import os
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fingerpost.application.manifests.ordered_entries import OrderedEntries
from fingerpost.domain.errors import StoreUnavailableError
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.manifest_line import ManifestLine, entry_of, line_of

from .chunk import Chunk
from .place import keeping

_READ_AT_ONCE: Final = 1_000
_CACHE_KIB: Final = 16 << 10
_SCHEMA: Final = """
CREATE TABLE entries (
    path TEXT PRIMARY KEY, line BLOB NOT NULL, digest TEXT NOT NULL, size, content TEXT
) WITHOUT ROWID
"""
"""SQLite compares UTF-8 byte by byte, which is the order of code points: that of manifests. Sizes
are numbers, or text if they are too large for SQLite."""

_MOST: Final = (1 << 63) - 1

_OPENED: Final = (
    # Nothing of this has to outlive the process: the journal is for going back, not for crashes.
    f"PRAGMA page_size = 8192; PRAGMA cache_size = -{_CACHE_KIB}; PRAGMA synchronous = OFF;"
    f"PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE; {_SCHEMA};"
)


class EntriesOnDisk(OrderedEntries):
    """See :class:`~fingerpost.adapters.drafts.entries.spilling.Held`.

    The file is removed when this is closed, forgotten, or the process ends.

    Args:
        path: of a file that is not there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._process_id = os.getpid()
        self._count: int | None = None
        with self._failing():
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._discard = weakref.finalize(self, _discard, self._db, path, os.getpid())
            self._db.executescript(_OPENED)

    def __len__(self) -> int:
        if self._count is None:
            with self._failing():
                self._count = self._db.execute("SELECT count(*) FROM entries").fetchone()[0]
        return self._count

    def __getitem__(self, path: str) -> Entry:
        entry = self.find(path)
        if entry is None:
            raise KeyError(path)
        return entry

    def find(self, path: str) -> Entry | None:
        """Return the entry at a path, if there is one."""
        body = self._body(path)
        return None if body is None else entry_of(body)

    def values_in_order(self, after: str | None = None) -> Iterator[Entry]:
        """Iterate over entries sorted by path, optionally those after a path."""
        return (entry_of(line.body) for line in self._lines(after or ""))

    def lines(self) -> Iterator[ManifestLine]:
        """Iterate over lines sorted by path."""
        return self._lines("")

    def _lines(self, after: str) -> Iterator[ManifestLine]:
        # Some at a time: no statement is open while the caller changes something.
        sql = (
            "SELECT path, line, digest, size, content FROM entries WHERE path > ?"
            " ORDER BY path LIMIT ?"
        )
        while True:
            with self._failing():
                rows = self._db.execute(sql, (after, _READ_AT_ONCE)).fetchall()
            for path, body, digest, size_bytes, content in rows:
                yield ManifestLine(
                    path, body, digest, _size(size_bytes), content and Digest(content)
                )
            if len(rows) < _READ_AT_ONCE:
                return
            after = rows[-1][0]

    def contents(self) -> Iterator[tuple[Digest, int]]:
        """Iterate over the stored contents that entries name: digest and size, each once."""
        sql = (
            "SELECT content, max(COALESCE(size, 0)) FROM entries WHERE content IS NOT NULL"
            " GROUP BY content"
        )
        with self._failing():
            for content, size_bytes in self._db.execute(sql):
                yield Digest(content), int(size_bytes)

    @property
    def size_bytes(self) -> int:
        """Sum of the known sizes."""
        with self._failing():
            # Python adds up: the sum can be larger than SQLite's integers.
            rows = self._db.execute("SELECT size FROM entries WHERE size IS NOT NULL")
            return sum(int(size) for (size,) in rows)

    def put(self, entry: Entry) -> None:
        """Add an entry, or replace the one at its path."""
        self._insert("REPLACE", [line_of(entry)])

    def insert(self, chunk: Chunk) -> Sequence[Entry]:
        """Add those that are new; return, from the first that differs from what is there, the rest.

        Of the rest, those that are new are there then, too: to put them again changes nothing.
        """
        if self._insert("IGNORE", chunk.lines) < len(chunk.lines):
            for number, line in enumerate(chunk.lines):
                if self._body(line.path) != line.body:
                    return chunk.entries[number:]
        return ()

    def _insert(self, otherwise: str, lines: Iterable[ManifestLine]) -> int:
        rows = [_row(line) for line in lines]
        sql = f"INSERT OR {otherwise} INTO entries VALUES (?, ?, ?, ?, ?)"  # noqa: S608 - constant
        self._count = None
        with self._failing():
            return self._db.executemany(sql, rows).rowcount

    def remove(self, path: str, below: str) -> int:
        """Remove an entry, and those whose paths begin with some text; return how many."""
        beyond = below[:-1] + chr(ord(below[-1]) + 1)
        sql = "DELETE FROM entries WHERE path = ? OR (path >= ? AND path < ?)"
        self._count = None
        with self._failing():
            return self._db.execute(sql, (path, below, beyond)).rowcount

    def begin(self) -> None:
        """Remember what is there from now on."""
        self.rollback()  # if Ctrl-C came twice, and the second time while going back
        with self._failing():
            self._db.execute("BEGIN")

    def commit(self) -> None:
        """Keep what was changed."""
        with self._failing():
            self._db.execute("COMMIT")

    def rollback(self) -> None:
        """Return to what was there. Without :meth:`begin` nothing happens."""
        self._count = None
        with self._failing():
            self._db.rollback()

    def close(self) -> None:
        """Remove the file. Idempotent."""
        self._discard()

    def _body(self, path: str) -> bytes | None:
        with self._failing():
            found = self._db.execute("SELECT line FROM entries WHERE path = ?", (path,)).fetchone()
        return None if found is None else found[0]

    @contextmanager
    def _failing(self) -> Iterator[None]:
        folder = str(self._path.parent)
        if os.getpid() != self._process_id:
            raise StoreUnavailableError(
                folder,
                "the entries of this draft are in a file of the process that this one was forked "
                "from",
                "Log the draft there, or make it after the fork.",
            )
        with keeping(folder):
            yield


def _row(line: ManifestLine) -> tuple[str, bytes, str, int | str | None, str | None]:
    path, body, digest, size_bytes, content = line
    is_large = size_bytes is not None and size_bytes > _MOST
    size = str(size_bytes) if is_large else size_bytes
    return path, body, digest, size, None if content is None else str(content)


def _size(size: int | str | None) -> int | None:
    return int(size) if isinstance(size, str) else size


def _discard(connection: sqlite3.Connection, path: Path, process_id: int) -> None:
    # A forked child leaves it alone: the file is its parent's.
    if os.getpid() != process_id:
        return
    connection.close()
    for end in ("-journal", ""):
        path.with_name(path.name + end).unlink(missing_ok=True)
