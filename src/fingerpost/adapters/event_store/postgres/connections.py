"""Connections to a ledger in PostgreSQL.

Not psycopg's pool: its threads do not survive a fork, and a connection that was interrupted in the
middle of a transaction is to be closed, not to be used again.
"""

import os
import selectors
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, Final

import psycopg
from eventsourcing.persistence import (
    ConnectionPoolClosedError,
    ConnectionUnavailableError,
    InternalError,
)
from psycopg import sql
from psycopg.pq import TransactionStatus

from ...files.finalizers import close_at_finalization
from .address import PostgresAddress
from .cursor import NamedRow, PostgresCursor, named_row
from .failures import AcknowledgementLostError, failed, is_passing, unreachable
from .text import adapt

Connection = psycopg.Connection[NamedRow]

LOCK_TIMEOUT_S: Final = 60
"""How long a writer waits for another one before it gives up with an error."""

STATEMENT_TIMEOUT_S: Final = 600
IDLE_TIMEOUT_S: Final = 30
"""After this the server ends a transaction whose client went silent, and with it its locks. Less
than :data:`LOCK_TIMEOUT_S`, so that one machine that is cut off fails no others."""

_READING_TIMEOUT_S: Final = 600
_RESTART_S: Final = 15.0
"""How long a server that starts again is waited for."""

_PAUSE_S: Final = 0.1
_MOST_IDLE: Final = 4

_DEFAULTS: Final = {
    "connect_timeout": "10",
    "application_name": "fingerpost",
    "client_encoding": "UTF8",
    # A server that is gone without a word is noticed within two minutes.
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "6",
    "tcp_user_timeout": "90000",
}

_SETTINGS: Final = f"""
    SET search_path TO {{schema}};
    SET lock_timeout = '{LOCK_TIMEOUT_S}s';
    SET statement_timeout = '{STATEMENT_TIMEOUT_S}s';
    SET idle_in_transaction_session_timeout = '{_READING_TIMEOUT_S}s';
    SET default_transaction_isolation = 'read committed';
    SET jit = off;
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'
"""
"""What was acknowledged is on the server's disk, whatever its default is."""

_BEGIN_WRITING: Final = (
    f"BEGIN; SET LOCAL idle_in_transaction_session_timeout = '{IDLE_TIMEOUT_S}s'"
)
_BEGIN_READING: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresDatastore:
    """Lends connections to one schema; one writer at a time in this process.

    A forked child gets connections of its own.
    """

    def __init__(self, address: PostgresAddress) -> None:
        self.address = address
        self._inherited: list[object] = []
        self._is_closed = False
        self._was_there = False
        self._start()

    def _start(self) -> None:
        self._owner = os.getpid()
        self._idle: deque[Connection] = deque()
        self._writing = Lock()

    # -- transactions

    @contextmanager
    def statement(self) -> Iterator[PostgresCursor]:
        """Lend a cursor; each statement is a transaction of its own."""
        with self._lent() as connection:
            yield _cursor(connection)

    @contextmanager
    def reading(self) -> Iterator[PostgresCursor]:
        """Lend a cursor to what there is at this moment."""
        with self._lent() as connection:
            connection.execute(_BEGIN_READING)
            yield _cursor(connection)
            connection.execute("COMMIT")

    @contextmanager
    def writing(self) -> Iterator[PostgresCursor]:
        """Lend a cursor, and commit what the block did with it.

        Raises:
            AcknowledgementLostError: nobody knows whether it was committed.
        """
        self._leave_to_parent()
        if not self._writing.acquire(timeout=LOCK_TIMEOUT_S):
            raise ConnectionUnavailableError("another thread has been writing for a minute")
        try:
            with self._lent() as connection:
                connection.execute(_BEGIN_WRITING)
                yield _cursor(connection)
                self._commit(connection)
        finally:
            self._writing.release()

    def _commit(self, connection: Connection) -> None:
        try:
            done = connection.execute("COMMIT")
        except psycopg.Error as error:
            if connection.closed:
                problem = "the connection was lost while a change was being committed"
                remedy = "It may or may not have been stored: look before you do it again."
                raise AcknowledgementLostError(problem, remedy) from error
            raise
        if done.statusmessage != "COMMIT":
            raise InternalError(f"the server said {done.statusmessage} to COMMIT")

    # -- connections

    @contextmanager
    def _lent(self) -> Iterator[Connection]:
        self._leave_to_parent()
        if self._is_closed:
            raise ConnectionPoolClosedError("the store was closed")
        connection = self._waiting() or self._connect()
        try:
            yield connection
        except psycopg.Error as error:
            interrupt = _interrupt_behind(error)
            if interrupt is not None:
                connection.close()
                raise interrupt from None
            is_lost = connection.closed
            self._take_back(connection)
            raise failed(error, self.address, is_lost=is_lost) from error
        except Exception:
            self._take_back(connection)
            raise
        except BaseException:
            # Interrupted, nobody knows where.
            connection.close()
            raise
        self._take_back(connection)

    def _waiting(self) -> Connection | None:
        with suppress(IndexError):
            while True:
                connection = self._idle.pop()
                if _is_usable(connection):
                    return connection
                connection.close()
        return None

    def _take_back(self, connection: Connection) -> None:
        if not connection.closed and not self._is_in_order(connection):
            with suppress(psycopg.Error):
                connection.rollback()
        is_wanted = not self._is_closed and len(self._idle) < _MOST_IDLE
        if is_wanted and self._is_in_order(connection):
            self._idle.append(connection)
        else:
            connection.close()

    @staticmethod
    def _is_in_order(connection: Connection) -> bool:
        is_idle = connection.info.transaction_status == TransactionStatus.IDLE
        return is_idle and not connection.closed

    def _leave_to_parent(self) -> None:
        if self._owner != os.getpid():
            self._inherited.append(self._idle)
            self._start()

    def _connect(self) -> Connection:
        deadline = time.monotonic() + _RESTART_S
        while True:
            try:
                connection = self._connected()
            except psycopg.Error as error:
                is_over = time.monotonic() > deadline
                if is_over or not is_passing(error, was_there=self._was_there):
                    # The cause may have in it what the address has.
                    raise unreachable(error, self.address) from None
            else:
                self._was_there = True
                return connection
            time.sleep(_PAUSE_S)

    def _connected(self) -> Connection:
        wanted: dict[str, Any] = {
            **_DEFAULTS,
            **psycopg.conninfo.conninfo_to_dict(self.address.conninfo),
        }
        connection = psycopg.Connection[NamedRow].connect(
            psycopg.conninfo.make_conninfo(**wanted),
            autocommit=True,
            row_factory=named_row,
            cursor_factory=psycopg.RawCursor,
        )
        close_at_finalization(self, connection)
        try:
            adapt(connection)
            schema = sql.Identifier(self.address.schema)
            connection.execute(sql.SQL(_SETTINGS).format(schema=schema))
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close the idle connections; those that are lent close when they come back."""
        self._leave_to_parent()
        self._is_closed = True
        with suppress(IndexError):
            while True:
                self._idle.pop().close()


def _cursor(connection: Connection) -> PostgresCursor:
    return PostgresCursor(connection.cursor())


def _is_usable(connection: Connection) -> bool:
    """Whether nothing has come while a connection was idle: a farewell, mostly."""
    if connection.closed:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        return not selector.select(0)


def _interrupt_behind(error: BaseException) -> BaseException | None:
    """Return the interrupt that an error of the driver hides, if any.

    psycopg raises an ``OperationalError`` when an interrupt arrives while it leaves pipeline mode.
    """
    behind: BaseException | None = error
    while isinstance(behind, Exception):
        behind = behind.__cause__ or behind.__context__
    return behind
