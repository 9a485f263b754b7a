"""Who relies on content and who removes some, where the ledger is in PostgreSQL.

By advisory locks of sessions, which all machines see. The server queues those who want one: a
remover who waits keeps newcomers out, and after a moment gives up its place, so that one writer who
takes hours does not stop all others. A lock ends with its connection.
"""

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import Final
from uuid import UUID

import psycopg
from psycopg import errors

from ...content.holds import TIMEOUT_S, another, blocked, busy
from .cursor import PostgresCursor
from .reading import LedgerReading

_LOG: Final = logging.getLogger("fingerpost")
HOLD: Final = "hold"
"""Names the lock that is held by all who rely on content, and alone by one who removes some."""

SWEEP: Final = "sweep"
"""Names the lock of a garbage collection."""

_TURN_S: Final = 2.0
_PAUSE_S: Final = 0.5
_LEAST_S: Final = 0.001


class PostgresContentLock:
    """:class:`~fingerpost.adapters.content.holds.Holds` for all who use a ledger.

    Args:
        reading: lends connections to the ledger.
        store_id: what tells the store from others on the server.
        location: of the store, for error messages.
        timeout_s: how long anybody waits before it gives up with an error.
    """

    def __init__(
        self,
        reading: LedgerReading,
        store_id: UUID,
        location: str,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._reading = reading
        self._store_id = store_id
        self._location = location
        self._timeout_s = timeout_s

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the store."""
        with self._lock(HOLD, self._timeout_s, is_shared=True) as is_held:
            if not is_held:
                raise blocked(self._location, self._timeout_s)
            yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Have the store to oneself; for short blocks."""
        deadline = time.monotonic() + self._timeout_s
        while True:
            with self._lock(HOLD, min(_TURN_S, self._timeout_s)) as is_held:
                if is_held:
                    yield
                    return
            if time.monotonic() > deadline:
                raise busy(self._location, self._timeout_s)
            time.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311 - writers take their turns

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Be the only garbage collection."""
        with self._lock(SWEEP, _LEAST_S) as is_held:
            if not is_held:
                raise another(self._location)
            yield

    @contextmanager
    def _lock(self, name: str, timeout_s: float, *, is_shared: bool = False) -> Iterator[bool]:
        key, how = self._key(name), "_shared" if is_shared else ""
        with self._reading.statement() as cursor:
            is_held = _take(cursor, f"SELECT pg_advisory_lock{how}(?)", key, timeout_s)
            try:
                yield is_held
            finally:
                if is_held:
                    self._release(cursor, f"SELECT pg_advisory_unlock{how}(?)", key)

    def _release(self, cursor: PostgresCursor, statement: str, key: int) -> None:
        try:
            cursor.execute(statement, (key,))
        except psycopg.Error:
            # What was stored meanwhile is younger than anything that a collection removes.
            _LOG.warning("the connection that held %s was lost", self._location, exc_info=True)

    def _key(self, name: str) -> int:
        said = blake2b(self._store_id.bytes + name.encode(), digest_size=8).digest()
        return int.from_bytes(said, signed=True)


def _take(cursor: PostgresCursor, statement: str, key: int, timeout_s: float) -> bool:
    cursor.execute("SELECT current_setting('lock_timeout')")
    usual = cursor.fetchone()[0]
    _set(cursor, "lock_timeout", f"{max(int(timeout_s * 1000), 1)}ms")
    # It may be idle for as long as an upload takes. (Servers before 14 never end such sessions.)
    cursor.execute("SELECT 1 FROM pg_settings WHERE name='idle_session_timeout'")
    if cursor.fetchone() is not None:
        _set(cursor, "idle_session_timeout", "0")
    try:
        cursor.execute(statement, (key,))
    except errors.LockNotAvailable:
        return False
    finally:
        _set(cursor, "lock_timeout", usual)
    return True


def _set(cursor: PostgresCursor, name: str, value: str) -> None:
    cursor.execute("SELECT set_config(?, ?, false)", (name, value))
