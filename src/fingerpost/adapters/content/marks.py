"""What a garbage collection knows so far, in a private database that goes to disk as it grows."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from enum import IntEnum
from itertools import islice
from typing import Final, NamedTuple

from fingerpost.application.ports.content_sweep import Amount, SweepTally
from fingerpost.domain.manifest.digest import Digest

from ..files.finalizers import close_at_finalization
from .pack import PackEntry

INDEX_ENTRY_BYTES: Final = 58
"""What one content takes in a pack beside its bytes."""

_COPY: Final = -1
"""Owner of second copies of what stays."""

_CHUNK: Final = 10_000
_VARIABLES: Final = 500
_CACHE_KIB: Final = 64 << 10
_SCHEMA: Final = """
CREATE TABLE kept (digest BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE spare (pack TEXT, digest BLOB, PRIMARY KEY (pack, digest)) WITHOUT ROWID;
CREATE TABLE files (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, fate INTEGER NOT NULL,
    is_gone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE going (
    digest BLOB, file INTEGER, size INTEGER NOT NULL, stored INTEGER NOT NULL, owner INTEGER,
    PRIMARY KEY (digest, file)
) WITHOUT ROWID
"""


class Fate(IntEnum):
    """What becomes of a file that holds garbage."""

    REMOVED = 0
    REWRITTEN = 1


class Doomed(NamedTuple):
    """A file that is to go."""

    id: int
    name: str


class MarkSet:
    """What stays, what goes, and whose it was. Not shared between threads."""

    def __init__(self) -> None:
        # An empty name: SQLite makes a temporary file of its own, when its cache is full.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        close_at_finalization(self, self._db)
        self._db.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            f"PRAGMA cache_size = -{_CACHE_KIB}; {_SCHEMA};"
        )
        self.kept_count = 0

    def close(self) -> None:
        """Throw everything away."""
        self._db.close()

    # What stays

    def keep(self, digests: Iterable[Digest]) -> set[Digest]:
        """Note that these stay; return those that are new."""
        insert = "INSERT OR IGNORE INTO kept VALUES (?)"
        with self._at_once():
            new = {d for d in digests if self._db.execute(insert, (_key(d),)).rowcount > 0}
        self.kept_count += len(new)
        return new

    def kept(self, digests: Iterable[Digest]) -> set[Digest]:
        """Return those that stay."""
        rest = iter(digests)
        found: set[Digest] = set()
        while keys := {_key(digest): digest for digest in islice(rest, _VARIABLES)}:
            marks = ",".join("?" * len(keys))
            sql = f"SELECT digest FROM kept WHERE digest IN ({marks})"  # noqa: S608 - only marks
            found |= {keys[row[0]] for row in self._db.execute(sql, list(keys))}
        return found

    def add_spares(self, digest: Digest, packs: Collection[str]) -> None:
        """Note that there is another, good copy of a blob than those in these packs."""
        rows = [(pack, _key(digest)) for pack in packs]
        self._db.executemany("INSERT OR IGNORE INTO spare VALUES (?, ?)", rows)

    def spares(self, pack: str, digests: Collection[Digest]) -> set[Digest]:
        """Return those of the digests of which a pack has just a second copy."""
        found = self._db.execute("SELECT digest FROM spare WHERE pack = ?", (pack,))
        keys = {row[0] for row in found}
        return {digest for digest in digests if _key(digest) in keys} if keys else set()

    # What goes

    def doom(
        self,
        name: str,
        size_bytes: int,
        fate: Fate,
        dead: Iterable[PackEntry],
        copies: Iterable[PackEntry] = (),
    ) -> None:
        """Note that a file goes, and what is lost with it: garbage, and copies of what stays."""
        with self._at_once():
            file = self._db.execute(
                "INSERT INTO files (name, size, fate) VALUES (?, ?, ?)", (name, size_bytes, fate)
            ).lastrowid
            for owner, entries in ((None, dead), (_COPY, copies)):
                self._db.executemany(
                    "INSERT OR IGNORE INTO going VALUES (?, ?, ?, ?, ?)",
                    ((_key(e.digest), file, e.size_bytes, e.stored_length, owner) for e in entries),
                )

    def charge(self, owner: int, digests: Iterable[Digest]) -> None:
        """Note whose these were, unless they are charged to somebody already."""
        with self._at_once():
            self._db.executemany(
                "UPDATE going SET owner = ? WHERE digest = ? AND owner IS NULL",
                ((owner, _key(digest)) for digest in digests),
            )

    def doomed(self, fate: Fate) -> Iterator[list[Doomed]]:
        """Iterate over the files that go, some at a time."""
        last = 0
        sql = "SELECT id, name FROM files WHERE fate = ? AND id > ? ORDER BY id LIMIT ?"
        while rows := self._db.execute(sql, (fate, last, _VARIABLES)).fetchall():
            yield [Doomed(*row) for row in rows]
            last = rows[-1][0]

    def gone(self, file: Doomed) -> None:
        """Note that a file was removed."""
        self._db.execute("UPDATE files SET is_gone = 1 WHERE id = ?", (file.id,))

    def tally(self, *, is_plan: bool) -> SweepTally:
        """Sum up: what goes by the plan, or what went."""
        files, size_bytes, rewritten = self._db.execute(
            "SELECT count(*), COALESCE(sum(size), 0), COALESCE(sum(fate), 0) FROM files"
            " WHERE ? OR is_gone",
            (is_plan,),
        ).fetchone()
        amounts = dict(self._amounts(is_plan=is_plan))
        return SweepTally(
            charged={owner: a for owner, a in amounts.items() if owner is not None and owner >= 0},
            unnamed=amounts.get(None, Amount()),
            copies=amounts.get(_COPY, Amount()),
            files=files,
            packs_rewritten=rewritten,
            freed_bytes=self._planned_bytes() if is_plan else size_bytes,
        )

    def _amounts(self, *, is_plan: bool) -> Iterator[tuple[int | None, Amount]]:
        rows = self._db.execute(
            "SELECT owner, count(*), sum(going.size), sum(stored) FROM going"
            " JOIN files ON files.id = going.file WHERE ? OR is_gone GROUP BY owner",
            (is_plan,),
        )
        for owner, contents, size_bytes, stored_bytes in rows:
            amount = Amount(contents=contents, size_bytes=size_bytes, stored_bytes=stored_bytes)
            yield owner, amount

    def _planned_bytes(self) -> int:
        found: int = self._db.execute(
            "SELECT COALESCE((SELECT sum(size) FROM files WHERE fate = ?), 0) + COALESCE("
            "(SELECT sum(stored + ?) FROM going JOIN files ON files.id = going.file"
            " WHERE fate = ?), 0)",
            (Fate.REMOVED, INDEX_ENTRY_BYTES, Fate.REWRITTEN),
        ).fetchone()[0]
        return found

    def _at_once(self) -> "_Transaction":
        return _Transaction(self._db)


class _Transaction:
    """One transaction around many statements: they are slow one by one."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN")

    def __exit__(self, *_: object) -> None:
        self._db.execute("COMMIT")


def _key(digest: Digest) -> bytes:
    return f"{digest.algorithm}:".encode() + bytes.fromhex(digest.hex)
