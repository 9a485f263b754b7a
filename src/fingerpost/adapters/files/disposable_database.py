"""An SQLite file that holds derived data only, so that losing it costs nothing but time."""

import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from .finalizers import close_at_finalization

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_BUSY_TIMEOUT_S: Final = 2.0
_PATIENCE_S: Final = 5.0
_PAUSE_S: Final = 0.01

_APPLICATION_ID: Final = 0x46504442
"""Marks the files that may be thrown away ("FPDB")."""


class _ForeignDatabaseError(Exception):
    """The path leads to a database that is not ours, such as a ledger: never to be removed."""


def _is_busy(error: Exception) -> bool:
    """Tell whether another process is at work, which includes that it made the tables first."""
    if not isinstance(error, sqlite3.OperationalError):
        return False
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest is detail
    return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or "already exists" in str(error)


class DisposableDatabase:
    """Runs SQL on a file that may be missing, damaged, locked or read-only at any moment.

    A damaged file is thrown away and made anew; one that cannot be used at all is replaced by a
    database in memory for the life of this object. :attr:`generation` then changes, which tells
    the owner that what it had put in is gone. Safe for several threads and processes; a forked
    child opens a connection of its own.

    Args:
        path: the file. Its folder is made by the first write, not by reads. On a local disk:
            SQLite's write-ahead log does not work across the machines of a network file system.
        schema: statements that create the tables.
        version: of the schema; a file with another one is made anew.
    """

    def __init__(self, path: Path, schema: str, version: int) -> None:
        self._path = path
        self._schema = schema
        self._version = version
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._process_id = os.getpid()
        self._inherited: list[sqlite3.Connection] = []
        self._is_on_disk = False
        self._is_given_up = False
        self.generation = 0

    def read(self, action: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run a query; see :meth:`write`."""
        with self._lock:
            return self._run(action)

    def write(self, action: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run statements in one transaction: all of them or none.

        Args:
            action: may be run again, on an empty database, when the file turns out damaged.

        Returns:
            What ``action`` returned.
        """

        def transaction(connection: sqlite3.Connection) -> _T:
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = action(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()
            return result

        with self._lock:
            self._make_folder()
            return self._run(transaction)

    def close(self) -> None:
        """Close the connection; the next use opens a new one. Idempotent."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None and self._process_id == os.getpid():
                connection.close()

    def _run(self, action: Callable[[sqlite3.Connection], _T]) -> _T:
        deadline = time.monotonic() + _PATIENCE_S
        is_anew = False
        while True:
            try:
                return action(self._open())
            except _ForeignDatabaseError as error:
                self._give_up(error)
            except (sqlite3.Error, OSError) as error:
                if self._is_given_up:
                    raise
                self.close()
                if _is_busy(error) and time.monotonic() < deadline:
                    # SQLite itself does not wait while another process turns on the log.
                    time.sleep(_PAUSE_S)
                elif is_anew or _is_busy(error):
                    self._give_up(error)
                else:
                    self._start_anew(error)
                    is_anew = True

    def _open(self) -> sqlite3.Connection:
        if self._process_id != os.getpid():
            self._leave_to_parent()
        can_move_to_disk = not (self._is_on_disk or self._is_given_up)
        if self._connection is None or (can_move_to_disk and self._path.parent.is_dir()):
            self._connect()
        assert self._connection is not None  # noqa: S101 - for the type checker
        return self._connection

    def _connect(self) -> None:
        self.close()
        self._is_on_disk = not self._is_given_up and self._path.parent.is_dir()
        target = str(self._path) if self._is_on_disk else ":memory:"
        self._connection = sqlite3.connect(
            target, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
        )
        close_at_finalization(self, self._connection)
        self.generation += 1
        self._prepare(self._connection)

    def _prepare(self, connection: sqlite3.Connection) -> None:
        self._refuse_foreign(connection)
        # With the log and NORMAL a power cut can lose the last commits but damages nothing.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
        if found == self._version:
            return
        if found:
            raise sqlite3.DatabaseError(f"schema version {found}, expected {self._version}")
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {_APPLICATION_ID}; {self._schema};"
            f"PRAGMA user_version = {self._version}; COMMIT;"
        )

    def _refuse_foreign(self, connection: sqlite3.Connection) -> None:
        # In this order: whoever is making our tables right now sets the owner with them.
        tables: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        owner: int = connection.execute("PRAGMA application_id").fetchone()[0]
        if owner != _APPLICATION_ID and tables:
            raise _ForeignDatabaseError(f"{self._path} is a database of somebody else")

    def _start_anew(self, error: Exception) -> None:
        """Throw a damaged file away. A read-only one is left to those who can use it."""
        is_operational = isinstance(error, sqlite3.OperationalError)
        if is_operational and "no such" not in str(error) and "no column" not in str(error):
            return
        _log.warning("%s cannot be used (%s); it is made anew", self._path, error)
        for suffix in ("-wal", "-shm", ""):
            try:
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            except OSError as problem:
                _log.debug("cannot remove %s%s: %s", self._path, suffix, problem)

    def _give_up(self, error: Exception) -> None:
        _log.info("%s cannot be used (%s); going on in memory", self._path, error)
        self.close()
        self._is_given_up = True

    def _leave_to_parent(self) -> None:
        if self._connection is not None:
            self._inherited.append(self._connection)
        self._connection = None
        self._process_id = os.getpid()

    def _make_folder(self) -> None:
        if not self._is_given_up:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                self._give_up(error)
