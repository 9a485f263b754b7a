"""The ledger in PostgreSQL: one store for many machines."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import ConnectionPoolClosedError, StoredEvent

from fingerpost.domain.errors import StoreFormatError, StoreNotFoundError, StoreUnavailableError
from fingerpost.domain.events import Event

from ...read_tables import apply_event
from ...read_tables.postgres import PostgresQueries
from ...read_tables.schema import clear_tables
from ..failpoints import Failpoint, no_failpoint
from ..store import STREAM_PAGE, RecorderEventStore, Restored, remedy_for
from .address import PostgresAddress
from .automations import PostgresAutomationsDatabase
from .connections import PostgresDatastore
from .cursor import PostgresCursor
from .failures import PostgresLedgerError
from .holds import PostgresContentLock
from .reading import LedgerReading
from .recorder import PostgresLedgerRecorder, PostgresSnapshotRecorder
from .schema import Schema


class PostgresEventStore(RecorderEventStore):
    """An :class:`~fingerpost.application.ports.event_store.EventStore` in a PostgreSQL schema.

    A commit that was acknowledged is on the server's disk. One that was not, because the
    connection broke, is looked up before anything is said of it.

    Attributes:
        store_id: what tells this store from all others.
        holds: keep those who log and those who remove content apart, on all machines.
        automations: where what automations have delivered and owe is, and sealed secrets.
    """

    def __init__(
        self, url: str, *, create: bool = True, failpoint: Failpoint = no_failpoint
    ) -> None:
        """Open the store in a schema, and make it if there is none.

        Args:
            url: ``postgresql://USER@HOST:PORT/DATABASE``, perhaps with ``?schema=NAME``.
            create: whether to make it.
            failpoint: called with the name of each step of a change, for crash tests.

        Raises:
            StoreNotFoundError: there is none, and ``create`` is false.
            StoreFormatError: it was written by a newer Fingerpost, or is none.
            StoreUnavailableError: the server cannot be reached, or does not permit it.
        """
        self._address = PostgresAddress.parse(url)
        self._datastore = PostgresDatastore(self._address)
        self._schema = Schema(self._address.schema, self._address.shown)
        reading = LedgerReading(self._datastore, self._unavailable)
        self.automations = PostgresAutomationsDatabase(reading)
        self._ledger = PostgresLedgerRecorder(self._datastore, failpoint)
        super().__init__(
            self._ledger,
            PostgresSnapshotRecorder(self._datastore),
            PostgresQueries(reading),
            self._address.shown,
            failpoint,
        )
        try:
            with self._storage_errors():
                self.store_id = self._prepare(create=create)
                self.holds = PostgresContentLock(reading, self.store_id, self._location)
        except BaseException:
            self.close()
            raise

    def _prepare(self, *, create: bool) -> UUID:
        with self._datastore.statement() as cursor:
            is_there = self._schema.has_store(cursor)
            cursor.execute("SELECT current_setting('server_encoding')")
            encoding = cursor.fetchone()[0]
        if encoding != "UTF8":
            raise StoreFormatError(
                self._location,
                f"its database has the encoding {encoding}",
                "Create a database with ENCODING 'UTF8'.",
            )
        if not is_there:
            self._create(create=create)
        with self._datastore.statement() as cursor:
            is_current = self._schema.are_tables_current(cursor)
            store_id = self._schema.store_id(cursor)
        if not is_current:
            self.rebuild()
        return store_id

    def _create(self, *, create: bool) -> None:
        if not create:
            raise StoreNotFoundError(
                "store",
                self._location,
                (),
                "Log something to create it, or name another with --store or FINGERPOST_STORE.",
            )
        with self._datastore.writing() as cursor:
            self._schema.create(cursor)

    def fact(self, name: str) -> str | None:
        """Return what was recorded of the store under a name."""
        with self._storage_errors(), self._datastore.statement() as cursor:
            return self._schema.fact(cursor, name)

    def add_fact(self, name: str, value: str) -> None:
        """Record something of the store for good, unless that was done."""
        with self._storage_errors(), self._datastore.writing() as cursor:
            self._schema.add_fact(cursor, name, value)

    def _insert_all(self, restored: Iterable[Restored]) -> int:
        count = 0
        with self._datastore.writing() as cursor, cursor.pipelined():
            for part in restored:
                count += self._ledger.restore(cursor, part)
        return count

    def _rebuild_tables(self) -> int:
        count = 0
        with self._datastore.writing() as cursor, cursor.pipelined():
            cursor.execute("LOCK TABLE events IN EXCLUSIVE MODE")
            cursor.execute("DELETE FROM snapshots")
            if self._schema.are_tables_current(cursor):
                # Not dropped: whoever reads meanwhile sees what was there before.
                clear_tables(cursor)
            else:
                self._schema.recreate_tables(cursor)
            for position, event in self._events_in(cursor):
                apply_event(cursor, position, event)
                count += 1
        return count

    def _events_in(self, cursor: PostgresCursor) -> Iterator[tuple[int, Event]]:
        after = 0
        while page := self._page_in(cursor, after):
            for row in page:
                stored = StoredEvent(row[1], row[2], row[3], row[4])
                yield row[0], self._mapper.to_domain_event(stored)
            after = page[-1][0]

    @staticmethod
    def _page_in(cursor: PostgresCursor, after: int) -> Sequence[Any]:
        cursor.execute(
            "SELECT position, originator_id, originator_version, topic, state FROM events "
            "WHERE position>? ORDER BY position LIMIT ?",
            (after, STREAM_PAGE),
        )
        return cursor.fetchall()

    def _unavailable(self, error: Exception) -> StoreUnavailableError:
        if isinstance(error, PostgresLedgerError):
            return StoreUnavailableError(self._location, error.problem, error.remedy)
        if isinstance(error, ConnectionPoolClosedError):
            return super()._unavailable(error)
        problem = self._address.without_secrets(f"the ledger cannot be used ({error})")
        return StoreUnavailableError(self._location, problem, remedy_for(error))

    def close(self) -> None:
        """Close all connections."""
        self._datastore.close()
