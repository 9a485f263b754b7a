"""Connections to the ledger's file.

In place of the library's pool, whose chain of locks does not survive a Ctrl-C in the middle: an
interrupt could leave a connection inside a transaction, or a lock taken for good.
"""

import os
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

from eventsourcing.persistence import (
    ConnectionPoolClosedError,
    ConnectionUnavailableError,
    InterfaceError,
)
from eventsourcing.sqlite import SQLiteConnection, SQLiteDatastore

from ..files.finalizers import close_at_finalization
from ..read_tables.functions import add_functions
from .writer_queue import TurnTimeoutError, WriterQueue

LOCK_TIMEOUT_S: Final = 60
"""How long a writer waits for another one before it gives up with an error."""

_PAUSE_S: Final = 0.005
_MOST_IDLE: Final = 8


class LedgerConnection(SQLiteConnection):
    """A connection that closes when nobody refers to it any more."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        super().__init__(raw, max_age=None)
        close_at_finalization(self, raw)

    @property
    def is_in_transaction(self) -> bool:
        """Whether somebody left it in the middle of something."""
        return self._sqlite_conn.in_transaction


class LedgerDatastore(SQLiteDatastore):
    """Lends connections to one file; one writer at a time in this process.

    A forked child gets connections of its own: one that is carried across a fork corrupts the
    file, and so may closing it (https://sqlite.org/howtocorrupt.html, section 2.6).
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), lock_timeout=LOCK_TIMEOUT_S)
        self.pool.close()
        self._path = path
        self._queue = WriterQueue(path)
        self._inherited: list[object] = []
        self._is_closed = False
        self._start()

    def _start(self) -> None:
        self._owner = os.getpid()
        self._idle: deque[LedgerConnection] = deque()
        self._writing = Lock()

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[SQLiteConnection]:
        """Lend a connection, for writing if ``commit``."""
        if self._owner != os.getpid():
            self._inherited.append(self._idle)
            self._start()
        if not commit:
            with self._lent() as connection:
                yield connection
            return
        if not self._writing.acquire(timeout=LOCK_TIMEOUT_S):
            raise ConnectionUnavailableError("another thread has been writing for a minute")
        try:
            with self._turn(), self._lent() as connection:
                yield connection
        finally:
            self._writing.release()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with ExitStack() as stack:
            try:
                stack.enter_context(self._queue.turn(LOCK_TIMEOUT_S))
            except TurnTimeoutError as error:
                raise ConnectionUnavailableError(
                    f"locked by other processes for {LOCK_TIMEOUT_S} s"
                ) from error
            except OSError as error:
                raise InterfaceError(f"the queue of writers: {error}") from error
            yield

    @contextmanager
    def _lent(self) -> Iterator[SQLiteConnection]:
        if self._is_closed:
            raise ConnectionPoolClosedError("the store was closed")
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        try:
            yield connection
        except Exception:
            self._take_back(connection)
            raise
        except BaseException:
            # Interrupted, nobody knows where. Closed here and not when it is forgotten: the
            # traceback refers to it, and it may hold the write lock.
            connection.close()
            raise
        self._take_back(connection)

    def _take_back(self, connection: LedgerConnection) -> None:
        is_wanted = not self._is_closed and len(self._idle) < _MOST_IDLE
        if is_wanted and not connection.is_in_transaction:
            self._idle.append(connection)
        else:
            connection.close()

    def _connect(self) -> LedgerConnection:
        raw = sqlite3.connect(
            self._path, check_same_thread=False, isolation_level=None, timeout=LOCK_TIMEOUT_S
        )
        raw.row_factory = sqlite3.Row
        add_functions(raw)
        connection = LedgerConnection(raw)
        try:
            _use_wal(raw)
            # A commit survives a power cut, whatever SQLite was compiled with.
            raw.execute("PRAGMA synchronous=FULL")
        except sqlite3.Error as error:
            raise InterfaceError(error) from error
        return connection

    def close(self) -> None:
        """Close the idle connections; those that are lent close when they come back."""
        self._is_closed = True
        self._idle.clear()


def _use_wal(raw: sqlite3.Connection) -> None:
    # While the write-ahead log is being turned on SQLite does not wait for others that open the
    # new file too.
    deadline = time.monotonic() + LOCK_TIMEOUT_S
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
