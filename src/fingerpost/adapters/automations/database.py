"""The file beside the ledger that holds deliveries and encrypted secrets."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fingerpost.domain.errors import StoreFormatError, StoreUnavailableError

from ..files.finalizers import close_at_finalization

FILE: Final = "automations.sqlite"
VERSION: Final = 1
_LOCK_TIMEOUT_S: Final = 60.0
_PAUSE_S: Final = 0.01

_SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS cursor (
        id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS deliveries (
        automation_id TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
        facts TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
        tries INTEGER NOT NULL DEFAULT 0, planned_at INTEGER NOT NULL, next_at INTEGER NOT NULL,
        lease_owner TEXT, lease_until INTEGER, PRIMARY KEY (automation_id, position))""",
    "CREATE INDEX IF NOT EXISTS pending ON deliveries (position) WHERE state='pending'",
    """CREATE INDEX IF NOT EXISTS pending_of ON deliveries (automation_id, position)
        WHERE state='pending'""",
    "CREATE INDEX IF NOT EXISTS by_state ON deliveries (state, position)",
    """CREATE TABLE IF NOT EXISTS attempts (
        delivery_id TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
        duration_s REAL NOT NULL, status INTEGER, problem TEXT)""",
    "CREATE INDEX IF NOT EXISTS attempts_of ON attempts (delivery_id, at)",
    """CREATE TABLE IF NOT EXISTS secrets (
        owner_id TEXT NOT NULL, name TEXT NOT NULL, key_id TEXT NOT NULL, sealed BLOB NOT NULL,
        PRIMARY KEY (owner_id, name))""",
)


class AutomationsDatabase:
    """An SQLite file; safe for several threads and processes, on a local disk.

    Args:
        path: the file, made when it is first needed; ``None`` for one in memory.
    """

    secrets_table = "secrets"

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._process_id = os.getpid()
        self._inherited: list[sqlite3.Connection] = []

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what the block did, durably, or roll it back when it raises.

        Raises:
            StoreUnavailableError: the file cannot be used.
        """
        with self._lock, self._errors():
            connection = self._opened()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend the connection for one query."""
        with self._lock, self._errors():
            yield self._opened()

    def close(self) -> None:
        """Close the connection; the next use opens a new one. Idempotent."""
        with self._lock:
            # One in memory is all that there is: it lives as long as this object.
            if self._path is None:
                return
            connection, self._connection = self._connection, None
            if connection is not None and self._process_id == os.getpid():
                connection.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreUnavailableError(
                str(self._path or "memory"),
                f"what automations have delivered cannot be read or written ({error})",
                "Nothing was changed. Check the file, its permissions and its space.",
            ) from error

    def _opened(self) -> sqlite3.Connection:
        if self._process_id != os.getpid():
            # A forked child leaves its parent's connection alone.
            if self._connection is not None:
                self._inherited.append(self._connection)
            self._connection, self._process_id = None, os.getpid()
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            ":memory:" if self._path is None else self._path,
            timeout=_LOCK_TIMEOUT_S,
            isolation_level=None,
            check_same_thread=False,
        )
        close_at_finalization(self, connection)
        connection.row_factory = sqlite3.Row
        _prepare(connection, str(self._path))
        return connection


def _prepare(connection: sqlite3.Connection, path: str) -> None:
    deadline = time.monotonic() + _LOCK_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            # SQLite does not wait for others that turn on the log of a new file.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)
    connection.execute("PRAGMA synchronous=FULL")
    # What was a secret is overwritten, encrypted though it was.
    connection.execute("PRAGMA secure_delete=ON")
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > VERSION:
        problem = f"it has version {found}, and {VERSION} is known"
        raise StoreFormatError(path, problem, "Upgrade Fingerpost.")
    if found == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version={VERSION}")
    connection.commit()
