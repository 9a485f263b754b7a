"""Which blob lies where in which pack: derived from the packs, and made anew when lost."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from fingerpost.domain.manifest.digest import DIGEST_SIZES_BYTES, Digest

from ..files.disposable_database import DisposableDatabase
from .pack import Encoding, PackEntry

_PAGE: Final = 10_000
_VARIABLES: Final = 500
"""SQLite before 3.32 took at most 999 variables in one statement."""

_ALGORITHMS: Final = tuple(DIGEST_SIZES_BYTES)
_CODES: Final = {algorithm: bytes([code]) for code, algorithm in enumerate(_ALGORITHMS)}
_SCHEMA: Final = """
CREATE TABLE packs (
    id INTEGER PRIMARY KEY, shard TEXT NOT NULL, name TEXT NOT NULL UNIQUE, size INTEGER NOT NULL
);
CREATE TABLE blobs (
    digest BLOB NOT NULL, pack INTEGER NOT NULL, offset INTEGER NOT NULL,
    stored INTEGER NOT NULL, size INTEGER NOT NULL, encoding INTEGER NOT NULL,
    PRIMARY KEY (digest, pack)
) WITHOUT ROWID;
CREATE TABLE shards (name TEXT PRIMARY KEY, mark INTEGER NOT NULL);
CREATE TABLE distrusted (name TEXT, digest BLOB, PRIMARY KEY (name, digest)) WITHOUT ROWID
"""


class KnownPack(NamedTuple):
    """A pack and what it holds.

    Attributes:
        name: path in the store.
        size_bytes: of the file.
        entries: its index.
    """

    name: str
    size_bytes: int
    entries: Collection[PackEntry]


class PackLocation(NamedTuple):
    """One stored copy of a blob: the pack's name and size, and the entry in its index."""

    pack: str
    pack_bytes: int
    entry: PackEntry


class Catalog:
    """Maps digests to their places in packs, in an SQLite file.

    Derived data: whatever it says is checked against the packs before something depends on it,
    and a missing, damaged or read-only file is replaced. Safe for several threads and processes.

    Args:
        path: the file, on a local disk; made when first written to.
    """

    def __init__(self, path: Path) -> None:
        self._database = DisposableDatabase(path, _SCHEMA, version=1)
        self.location = str(path)

    @property
    def generation(self) -> int:
        """Changes when the catalog was lost and is empty again."""
        return self._database.generation

    def find(self, digests: Collection[Digest]) -> dict[Digest, list[PackLocation]]:
        """Return where the digests lie; those that are not known are left out."""
        keys = {_key(digest): digest for digest in digests}
        return self._database.read(lambda connection: _find(connection, keys))

    def digests(self) -> Iterator[Digest]:
        """Iterate over all known digests, each once, in pages: memory stays bounded."""
        last = b""
        while page := self._database.read(partial(_page, last=last)):
            yield from map(_digest, page)
            last = page[-1]

    def duplicates(self) -> Iterator[dict[Digest, list[PackLocation]]]:
        """Iterate over the digests that lie in several packs, and where, some at a time."""
        last = b""
        while page := self._database.read(partial(_page, last=last, copies=2)):
            yield self.find([_digest(key) for key in page])
            last = page[-1]

    def packs(self, shard: str) -> set[str]:
        """Return the names of the packs known in a shard."""
        rows = self._database.read(
            lambda connection: connection.execute(
                "SELECT name FROM packs WHERE shard = ?", (shard,)
            ).fetchall()
        )
        return {row[0] for row in rows}

    def entries(self, name: str) -> set[PackEntry]:
        """Return what a pack is said to hold."""
        rows = self._database.read(
            lambda connection: connection.execute(
                "SELECT digest, offset, stored, blobs.size, encoding FROM blobs "
                "JOIN packs ON packs.id = blobs.pack WHERE packs.name = ?",
                (name,),
            ).fetchall()
        )
        return {
            PackEntry(_digest(key), offset, stored, size, Encoding(code))
            for key, offset, stored, size, code in rows
        }

    def marks(self) -> dict[str, int]:
        """Return for each shard the mark that it had when it was last looked through."""
        return self._database.read(
            lambda connection: dict(connection.execute("SELECT name, mark FROM shards").fetchall())
        )

    def record(
        self,
        packs: Iterable[KnownPack],
        *,
        gone: Iterable[str] = (),
        marks: Iterable[tuple[str, int | None]] = (),
    ) -> None:
        """Take in packs, forget others and note the marks of shards, in one transaction.

        Args:
            packs: durable packs; one that is known already is replaced.
            gone: names of packs that are no more.
            marks: shard and its mark; ``None`` has the shard looked through next time.
        """
        packs, gone, marks = list(packs), list(gone), list(marks)

        def action(connection: sqlite3.Connection) -> None:
            for name in [*gone, *(pack.name for pack in packs)]:
                _forget(connection, name)
            for pack in packs:
                _insert(connection, pack)
            connection.executemany("DELETE FROM shards WHERE name = ?", [(m[0],) for m in marks])
            noted = [mark for mark in marks if mark[1] is not None]
            connection.executemany("INSERT INTO shards VALUES (?, ?)", noted)

        self._database.write(action)

    def distrust(self, name: str, digests: Iterable[Digest] | None = None) -> None:
        """Note that blobs in a file are damaged, or (``None``) that the file may not be durable.

        They then count as missing, so that logging the data again stores it again.
        """
        keys = [b""] if digests is None else [_key(digest) for digest in digests]
        self._database.write(
            lambda connection: connection.executemany(
                "INSERT OR IGNORE INTO distrusted VALUES (?, ?)", [(name, key) for key in keys]
            )
        )

    def trust(self, names: Collection[str]) -> None:
        """Take back :meth:`distrust`, for files that were just stored anew."""
        if self.distrusted():
            self._database.write(
                lambda connection: connection.executemany(
                    "DELETE FROM distrusted WHERE name = ?", [(name,) for name in names]
                )
            )

    def distrusted(self) -> set[tuple[str, Digest | None]]:
        """Return the file and the blob (``None``: all of the file) of each distrusted copy."""
        rows = self._database.read(
            lambda connection: connection.execute("SELECT name, digest FROM distrusted").fetchall()
        )
        return {(name, _digest(key) if key else None) for name, key in rows}

    def close(self) -> None:
        """Close the file. Idempotent; the next use opens it again."""
        self._database.close()


def _key(digest: Digest) -> bytes:
    algorithm, _, hexadecimal = digest.partition(":")
    return _CODES[algorithm] + bytes.fromhex(hexadecimal)


def _digest(key: bytes) -> Digest:
    return Digest.of(_ALGORITHMS[key[0]], key[1:])


def _page(connection: sqlite3.Connection, *, last: bytes, copies: int = 1) -> list[bytes]:
    rows = connection.execute(
        "SELECT digest FROM blobs WHERE digest > ? GROUP BY digest HAVING count(*) >= ?"
        " ORDER BY digest LIMIT ?",
        (last, copies, _PAGE),
    )
    return [row[0] for row in rows]


def _find(
    connection: sqlite3.Connection, keys: dict[bytes, Digest]
) -> dict[Digest, list[PackLocation]]:
    found: dict[Digest, list[PackLocation]] = defaultdict(list)
    asked = list(keys)
    for start in range(0, len(asked), _VARIABLES):
        some = asked[start : start + _VARIABLES]
        rows = connection.execute(
            # Only question marks are put in.
            "SELECT digest, offset, stored, blobs.size, encoding, name, packs.size"  # noqa: S608
            " FROM blobs JOIN packs ON packs.id = blobs.pack"
            f" WHERE digest IN ({','.join('?' * len(some))})",
            some,
        )
        for key, offset, stored, size, encoding, name, pack_bytes in rows:
            entry = PackEntry(keys[key], offset, stored, size, Encoding(encoding))
            found[entry.digest].append(PackLocation(name, pack_bytes, entry))
    return dict(found)


def _forget(connection: sqlite3.Connection, name: str) -> None:
    row = connection.execute("SELECT id FROM packs WHERE name = ?", (name,)).fetchone()
    if row:
        connection.execute("DELETE FROM blobs WHERE pack = ?", row)
        connection.execute("DELETE FROM packs WHERE id = ?", row)


def _insert(connection: sqlite3.Connection, pack: KnownPack) -> None:
    shard = pack.name.rpartition("/")[0].rpartition("/")[2]
    cursor = connection.execute(
        "INSERT INTO packs (shard, name, size) VALUES (?, ?, ?)",
        (shard, pack.name, pack.size_bytes),
    )
    connection.executemany(
        # OR IGNORE: nothing forbids a pack to hold a blob twice.
        "INSERT OR IGNORE INTO blobs VALUES (?, ?, ?, ?, ?, ?)",
        (
            (_key(e.digest), cursor.lastrowid, e.offset, e.stored_length, e.size_bytes, e.encoding)
            for e in pack.entries
        ),
    )
