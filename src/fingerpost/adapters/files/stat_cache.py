"""Digests of files that have not changed since they were last hashed."""

import os
import sqlite3
import threading
import time
import zlib
from pathlib import Path
from typing import Final, NamedTuple

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.manifest.digest import Digest

from .disposable_database import DisposableDatabase

GRANULARITY_NS: Final = 2_000_000_000
"""Coarsest time stamps in use (FAT): a file changed twice within it can look unchanged."""

_BATCH: Final = 10_000
_FOLDERS_HELD: Final = 256
_SEPARATOR: Final = os.sep.encode()
_UP: Final = os.sep + ".."
_SCHEMA: Final = """
CREATE TABLE files (
    folder BLOB NOT NULL, name BLOB NOT NULL, algorithm TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, ctime_ns INTEGER NOT NULL,
    inode TEXT NOT NULL, device TEXT NOT NULL,
    digest TEXT NOT NULL, seal INTEGER NOT NULL,
    PRIMARY KEY (folder, name, algorithm)
) WITHOUT ROWID
"""


class _Known(NamedTuple):
    facts: tuple[int, int, int, str, str]
    digest: str
    seal: int


_Key = tuple[bytes, str]
"""Name and algorithm."""

_Folders = dict[bytes, dict[_Key, _Known]]


class StatCache:
    """Remembers the digests of files by path, size, times, inode and device.

    A file counts as unchanged when all of them are equal. Not noticed: a file whose bytes change
    while its times do not, as by a mapping that another process keeps writing to. Files touched
    within two seconds of the look are neither trusted nor remembered.

    A missing, damaged, locked or read-only cache file costs time, never an error or a wrong
    digest: each row carries a checksum. Safe for several threads and processes.

    Args:
        path: the cache file; made when first written to.
    """

    def __init__(self, path: Path) -> None:
        self._database = DisposableDatabase(path, _SCHEMA, version=1)
        self._lock = threading.Lock()
        self._folders: _Folders = {}
        self._unwritten: _Folders = {}
        self._unwritten_count = 0

    def lookup(self, path: Path, stat: os.stat_result, algorithm: str = "blake3") -> Digest | None:
        """Return the digest of an unchanged file, or ``None`` if it has to be read.

        Args:
            path: the file.
            stat: what ``os.stat`` says about it now.
            algorithm: of the digest that is wanted.
        """
        if _is_fresh(stat, time.time_ns()):
            return None
        folder, name = _split(path)
        with self._lock:
            known = self._folder(folder).get((name, algorithm))
        if known is None or known.facts != _facts(stat):
            return None
        return _unsealed(known, folder, name, algorithm)

    def remember(
        self, path: Path, stat: os.stat_result, digest: Digest, *, looked_at_ns: int
    ) -> None:
        """Remember the digest of a file; written with the next :meth:`flush`.

        Args:
            path: the file.
            stat: taken before the file was read, and found equal after.
            digest: of the bytes that were read in between.
            looked_at_ns: the time (``time.time_ns()``) at which ``stat`` was taken.
        """
        if _is_fresh(stat, looked_at_ns):
            return
        folder, name = _split(path)
        facts, algorithm = _facts(stat), digest.algorithm
        known = _Known(facts, str(digest), _seal(folder, name, algorithm, facts, str(digest)))
        with self._lock:
            self._unwritten.setdefault(folder, {})[name, algorithm] = known
            if folder in self._folders:
                self._folders[folder][name, algorithm] = known
            self._unwritten_count += 1
            is_full = self._unwritten_count >= _BATCH
        if is_full:
            self.flush()

    def flush(self) -> None:
        """Write what was remembered, in one transaction."""
        with self._lock:
            rows, self._unwritten, self._unwritten_count = self._unwritten, {}, 0
            # Inside the lock: a folder loaded in between would lack these rows from then on.
            if rows:
                self._database.write(lambda connection: _store(connection, rows))

    def close(self) -> None:
        """Write what is left and close the file. Idempotent."""
        self.flush()
        self._database.close()

    def _folder(self, folder: bytes) -> dict[_Key, _Known]:
        # One query a folder: ten thousand single ones take ten times as long.
        held = self._folders.get(folder)
        if held is None:
            if len(self._folders) >= _FOLDERS_HELD:
                self._folders.clear()
            held = self._database.read(lambda connection: _load(connection, folder))
            held |= self._unwritten.get(folder, {})
            self._folders[folder] = held
        return held


def _is_fresh(stat: os.stat_result, now_ns: int) -> bool:
    return max(stat.st_mtime_ns, stat.st_ctime_ns) > now_ns - GRANULARITY_NS


def _split(path: Path) -> tuple[bytes, bytes]:
    text = str(path)
    if not text.startswith(os.sep) or _UP in text:
        text = os.path.abspath(text)  # noqa: PTH100 - no links are to be resolved
    # Bytes, because a file name need not be valid UTF-8.
    folder, _, name = os.fsencode(text).rpartition(_SEPARATOR)
    return folder, name


def _facts(stat: os.stat_result) -> tuple[int, int, int, str, str]:
    # Inode and device numbers can be larger than SQLite's integers.
    return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, str(stat.st_ino), str(stat.st_dev)


def _seal(folder: bytes, name: bytes, algorithm: str, *rest: object) -> int:
    # SQLite does not notice a flipped bit inside a row; a wrong digest would go into a manifest.
    return zlib.crc32(f"{folder!r}{name!r}{algorithm}{rest}".encode())


def _unsealed(known: _Known, folder: bytes, name: bytes, algorithm: str) -> Digest | None:
    if known.seal != _seal(folder, name, algorithm, known.facts, known.digest):
        return None
    try:
        return Digest(known.digest)
    except InvalidValueError:
        return None


def _load(connection: sqlite3.Connection, folder: bytes) -> dict[_Key, _Known]:
    rows = connection.execute(
        "SELECT name, algorithm, size, mtime_ns, ctime_ns, inode, device, digest, seal"
        " FROM files WHERE folder = ?",
        (folder,),
    )
    return {(row[0], row[1]): _Known(row[2:7], row[7], row[8]) for row in rows}


def _store(connection: sqlite3.Connection, folders: _Folders) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (folder, *key, *known.facts, known.digest, known.seal)
            for folder, rows in folders.items()
            for key, known in rows.items()
        ),
    )
