"""The ledger in one SQLite file: the embedded default."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.persistence import PersistenceError, StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteDatastore

from fingerpost.application.ports.event_store import Fence
from fingerpost.domain.errors import StoreFormatError, StoreUnavailableError
from fingerpost.domain.events import Event

from ..read_tables import SCHEMA_VERSION, SqlQueries, apply_event, create_tables, drop_tables
from ..read_tables.cursor import Cursor
from ..read_tables.schema import has_table
from ..read_tables.search.gram_arrays import GRAMS
from ..read_tables.search.grams import can_search_fast
from .connections import LedgerDatastore
from .failpoints import Failpoint, no_failpoint
from .ledger_tree import create_tree, grow
from .snapshots import SQLiteSnapshotRecorder
from .store import (
    STREAM_PAGE,
    UNUSABLE,
    FenceCrossedError,
    RecorderEventStore,
    Restored,
    gap,
    predecessors,
    record_of,
    remedy_for,
    store_derived,
)


class SQLiteLedgerRecorder(SQLiteApplicationRecorder):
    """The library's recorder, with fences, read tables, and positions that never change."""

    def construct_create_table_statements(self) -> list[str]:
        """Declare the position: without an INTEGER PRIMARY KEY, VACUUM may renumber rows.

        *Source*: https://sqlite.org/lang_vacuum.html. The column is called ``rowid`` because the
        library's statements call it that; AUTOINCREMENT never gives a position twice.
        """
        return [
            f"CREATE TABLE IF NOT EXISTS {self.events_table_name} ("
            "rowid INTEGER PRIMARY KEY AUTOINCREMENT, originator_id TEXT NOT NULL, "
            "originator_version INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, "
            "UNIQUE (originator_id, originator_version))"
        ]

    def __init__(self, datastore: SQLiteDatastore, failpoint: Failpoint = no_failpoint) -> None:
        super().__init__(datastore, events_table_name="events")
        self._failpoint = failpoint
        self.insert_events_statement = (
            "INSERT INTO events (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
        )

    def _insert_events(
        self,
        c: SQLiteCursor,
        stored_events: Sequence[StoredEvent],
        *,
        fences: Sequence[Fence] = (),
        events: Sequence[Event] = (),
        **_: Any,
    ) -> Sequence[int] | None:
        # Insert first: that takes the write lock, so that the fences see the newest committed
        # state, and nobody can commit between them and us.
        self._failpoint("before_insert")
        positions = super()._insert_events(c, stored_events)
        self._failpoint("after_insert")
        for stream_id, version in predecessors(stored_events):
            self._require(c, stream_id, version)
        for fence in fences:
            self._check(c, fence)
        self._failpoint("after_fences")
        store_derived(c, positions or (), stored_events, events, self._failpoint)
        self._failpoint("before_commit")
        return positions

    @staticmethod
    def _require(c: SQLiteCursor, stream_id: UUID, version: int) -> None:
        c.execute(
            "SELECT 1 FROM events WHERE originator_id=? AND originator_version=?",
            (stream_id.hex, version),
        )
        if c.fetchone() is None:
            raise gap(stream_id, version + 1)

    @staticmethod
    def _check(c: SQLiteCursor, fence: Fence) -> None:
        topics = [kind.wire_name for kind in fence.kinds]
        c.execute(
            "SELECT topic FROM events WHERE originator_id=? AND originator_version>? "
            f"AND topic IN ({','.join('?' * len(topics))}) "
            "ORDER BY originator_version DESC LIMIT 1",
            (fence.stream_id.hex, fence.version, *topics),
        )
        crossed = c.fetchone()
        if crossed is not None:
            raise FenceCrossedError(f"{crossed['topic']!r} came first in {fence.stream_id}")


class SQLiteEventStore(RecorderEventStore):
    """An :class:`~fingerpost.application.ports.event_store.EventStore` in one SQLite file.

    WAL mode with ``synchronous=FULL``: a commit that was acknowledged survives a power cut. Not
    for network file systems, where SQLite's locks do not hold.
    """

    def __init__(self, path: Path, failpoint: Failpoint = no_failpoint) -> None:
        """Open or create the file.

        Args:
            path: the file.
            failpoint: called with the name of each step of an append, for crash tests.

        Raises:
            StoreUnavailableError: it cannot be opened, or is no SQLite database.
        """
        self._path = path
        try:
            self._datastore = LedgerDatastore(path)
            recorder = self._ledger = SQLiteLedgerRecorder(self._datastore, failpoint)
            snapshots = SQLiteSnapshotRecorder(self._datastore)
            if not self._has_tables():
                recorder.create_table()
                snapshots.create_table()
            super().__init__(recorder, snapshots, SqlQueries(self._reading), str(path), failpoint)
            self._prepare_tables()
        except (PersistenceError, sqlite3.Error) as error:
            raise StoreUnavailableError(
                str(path),
                f"the ledger cannot be opened ({error})",
                remedy_for(error),
            ) from error

    def _has_tables(self) -> bool:
        # Who only opens the store does not queue with those who write.
        with self._datastore.transaction(commit=False) as cursor:
            return has_table(cursor, "events") and has_table(cursor, "snapshots")

    @contextmanager
    def _reading(self) -> Iterator[Cursor]:
        try:
            with self._datastore.transaction(commit=False) as cursor:
                yield cursor
        except (*UNUSABLE, sqlite3.Error) as error:
            raise self._unavailable(error) from error

    def _prepare_tables(self) -> None:
        with self._reading() as cursor:
            cursor.execute("PRAGMA user_version")
            version = cursor.fetchone()[0]
            has_grams = has_table(cursor, GRAMS)
            has_tree = has_table(cursor, "ledger_tree")
        if has_grams and not can_search_fast():
            raise StoreUnavailableError(
                str(self._path),
                "it is searched with FTS5, and this Python's SQLite was built without it",
                "Use a Python whose SQLite has FTS5; those of python.org, conda and Linux have.",
            )
        if version > SCHEMA_VERSION:
            raise StoreFormatError(
                str(self._path),
                f"its read tables have version {version}, and {SCHEMA_VERSION} is known",
                "Upgrade Fingerpost.",
            )
        if not has_tree:
            self._make_tree()
        if version < SCHEMA_VERSION or (can_search_fast() and not has_grams):
            self.rebuild()

    def _make_tree(self) -> None:
        with self._datastore.transaction(commit=True) as cursor:
            # Takes the write lock; another process may have been first.
            cursor.execute("DELETE FROM snapshots WHERE 0")
            if not has_table(cursor, "ledger_tree"):
                create_tree(cursor)
                grow(cursor, (record_of(at, row) for at, row in self._rows_in(cursor)))

    def _insert_all(self, restored: Iterable[Restored]) -> int:
        count = 0
        with self._datastore.transaction(commit=True) as cursor:
            for part in restored:
                given = self._ledger._insert_events(cursor, part.stored, events=part.events)  # noqa: SLF001
                count += part.require_at(given)
        return count

    def _rebuild_tables(self) -> int:
        count = 0
        with self._datastore.transaction(commit=True) as cursor:
            # Takes the write lock: no event can come in between the reading and the end.
            cursor.execute("DELETE FROM snapshots")
            drop_tables(cursor)
            create_tables(cursor)
            for position, stored in self._rows_in(cursor):
                apply_event(cursor, position, self._mapper.to_domain_event(stored))
                count += 1
            cursor.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        return count

    def _rows_in(self, cursor: SQLiteCursor) -> Iterator[tuple[int, StoredEvent]]:
        # Through the cursor that has the write lock: the library's pool lets nobody have a second
        # connection while another thread waits for the lock, so asking for one would never end.
        after = 0
        while page := self._page_in(cursor, after):
            for row in page:
                stored = StoredEvent(
                    UUID(row["originator_id"]),
                    row["originator_version"],
                    row["topic"],
                    row["state"],
                )
                yield row["rowid"], stored
            after = page[-1]["rowid"]

    @staticmethod
    def _page_in(cursor: SQLiteCursor, after: int) -> Sequence[Any]:
        cursor.execute(
            "SELECT rowid, originator_id, originator_version, topic, state FROM events "
            "WHERE rowid>? ORDER BY rowid LIMIT ?",
            (after, STREAM_PAGE),
        )
        page: Sequence[Any] = cursor.fetchall()
        return page

    def close(self) -> None:
        """Close all connections."""
        self._datastore.close()
