"""The entries that differ between two artifacts: counted, paired up and listed from disk.

They are in a temporary database of SQLite, which keeps a few in memory and moves to a file, removed
by the operating system, when they get many. So a difference of millions of entries takes no more
memory than one of ten.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from threading import Lock
from typing import Any, Final, Generic, TypeVar, overload

from fingerpost.application.manifests.entry_pages import Pair
from fingerpost.domain.errors import StoreUnavailableError
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_change import EntryChange, has_same_content, rename_key
from fingerpost.domain.manifest.manifest_line import entry_of, line_of

from ..files.finalizers import close_at_finalization

T = TypeVar("T")
Row = tuple[str, str, str | None, str | None, bytes | None, bytes | None]

_AT_ONCE: Final = 1_000

_SCHEMA: Final = """
CREATE TABLE found (
    kind TEXT NOT NULL, path TEXT NOT NULL, key TEXT, name TEXT, before BLOB, after BLOB,
    PRIMARY KEY (kind, path)
) WITHOUT ROWID
"""

_PAIR: Final = """
INSERT INTO found
WITH gone AS ({removed}), came AS ({added})
SELECT 'renamed', came.path, NULL, gone.path, gone.before, came.after
FROM gone JOIN came ON gone.key = came.key AND gone.name = came.name AND gone.n = came.n
"""
"""Pairs the first that went with the first that came, the second with the second, and so on."""

_NUMBERED: Final = """
SELECT path, key, {name} AS name, before, after,
    row_number() OVER (PARTITION BY key, {name} ORDER BY path) AS n
FROM found WHERE kind = '{kind}' AND key IS NOT NULL
"""

_DROP: Final = """
DELETE FROM found WHERE kind = '{kind}' AND path IN
    (SELECT {column} FROM found WHERE kind = 'renamed')
"""


class Differences:
    """What :func:`~fingerpost.application.manifests.entry_pages.differing` found, sorted out.

    An entry that went and one that came are a renamed one if both are the same thing
    (:func:`~fingerpost.domain.manifest.entry_change.rename_key`). If several qualify, entries with
    the same file name are paired first, then the rest in the order of their paths. The pairs are
    the same in both directions.

    Args:
        pairs: read once, to its end.

    Attributes:
        added: entries of the second alone, by path.
        removed: entries of the first alone, by path.
        changed: of both, with other content, reference or checksum; by path.
        renamed: of both under different paths; by the new path.
        incomparable: of both, with no digests that could be compared; by path.
    """

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self._lock = Lock()
        with _failing():
            self._db = sqlite3.connect("", check_same_thread=False, isolation_level=None)
            close_at_finalization(self, self._db)
            # There is nothing to go back to, nor anything to keep.
            self._db.executescript(
                f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA};"
            )
        self._fill(map(_row, pairs))
        self._pair_up()
        self.added = self._listing("added", _came)
        self.removed = self._listing("removed", _went)
        self.changed = self._listing("changed", _change)
        self.renamed = self._listing("renamed", _change)
        self.incomparable = self._listing("incomparable", _change)

    def _fill(self, rows: Iterator[Row]) -> None:
        while chunk := list(islice(rows, _AT_ONCE)):
            with _failing():
                self._db.executemany("INSERT INTO found VALUES (?, ?, ?, ?, ?, ?)", chunk)

    def _pair_up(self) -> None:
        for name in ("name", "''"):
            removed, added = (_NUMBERED.format(name=name, kind=k) for k in ("removed", "added"))
            with _failing():
                self._db.execute(_PAIR.format(removed=removed, added=added))
                self._db.execute(_DROP.format(kind="removed", column="name"))
                self._db.execute(_DROP.format(kind="added", column="path"))

    def _listing(self, kind: str, made: "Callable[[_Lines], T]") -> "Listing[T]":
        (count,) = self.ask("SELECT count(*) FROM found WHERE kind = ?", (kind,))[0]
        return Listing(self, kind, count, made)

    def ask(self, sql: str, values: tuple[object, ...]) -> list[Any]:
        """Return the rows that a query gives."""
        with self._lock, _failing():
            return self._db.execute(sql, values).fetchall()


_Lines = tuple[bytes | None, bytes | None]


class Listing(Sequence[T], Generic[T]):
    """Differences of one kind, read a thousand at a time while one goes through them."""

    def __init__(
        self, found: Differences, kind: str, count: int, made: Callable[[_Lines], T]
    ) -> None:
        self._found = found
        self._kind = kind
        self._count = count
        self._made = made

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        after = ""
        while rows := self._found.ask(
            "SELECT path, before, after FROM found WHERE kind = ? AND path > ? ORDER BY path"
            " LIMIT ?",
            (self._kind, after, _AT_ONCE),
        ):
            yield from (self._made((before, now)) for _, before, now in rows)
            after = rows[-1][0]

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(self._count))]
        number = range(self._count)[index]
        rows = self._found.ask(
            "SELECT before, after FROM found WHERE kind = ? ORDER BY path LIMIT 1 OFFSET ?",
            (self._kind, number),
        )
        return self._made(rows[0])

    def __repr__(self) -> str:
        return f"<{self._count:,} {self._kind}>"


def _row(pair: Pair) -> Row:
    before, after = pair
    if before is None:
        assert after is not None  # noqa: S101 - one of them is there
        return ("added", *_single(after), None, line_of(after).body)
    if after is None:
        return ("removed", *_single(before), line_of(before).body, None)
    kind = "incomparable" if has_same_content(before, after) is None else "changed"
    return (kind, str(after.path), None, None, line_of(before).body, line_of(after).body)


def _single(entry: Entry) -> tuple[str, str | None, str]:
    return str(entry.path), rename_key(entry), entry.path.rpartition("/")[2]


def _went(lines: _Lines) -> Entry:
    return entry_of(lines[0] or b"")


def _came(lines: _Lines) -> Entry:
    return entry_of(lines[1] or b"")


def _change(lines: _Lines) -> EntryChange:
    return EntryChange(before=_went(lines), after=_came(lines))


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        problem = f"the differences cannot be put down there ({error})"
        remedy = "Make room, or name another folder in TMPDIR."
        raise StoreUnavailableError("temporary files", problem, remedy) from error
