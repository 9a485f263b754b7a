"""The ledger in memory: for tests, and for embedding where nothing is to be kept."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import RLock
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.popo import POPOApplicationRecorder

from fingerpost.application.ports.event_store import Fence
from fingerpost.domain.events import Event

from ..files.finalizers import close_at_finalization
from ..read_tables import SqlQueries, apply_event, create_tables, drop_tables
from ..read_tables.cursor import Cursor
from ..read_tables.functions import add_functions
from .ledger_tree import create_tree
from .snapshots import InMemorySnapshotRecorder
from .store import (
    FenceCrossedError,
    RecorderEventStore,
    Restored,
    gap,
    predecessors,
    store_derived,
)


class InMemoryTables:
    """Read tables in an SQLite database that exists in memory only; one transaction at a time."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._connection = sqlite3.connect(
            ":memory:", check_same_thread=False, isolation_level=None
        )
        self._connection.row_factory = sqlite3.Row
        add_functions(self._connection)
        close_at_finalization(self, self._connection)
        create_tables(self._connection.cursor())
        create_tree(self._connection.cursor())

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """Commit what the block did, or roll it back when it raises."""
        with self._lock:
            cursor = self._connection.cursor()
            cursor.execute("BEGIN")
            try:
                yield cursor
            except BaseException:
                self._connection.rollback()
                raise
            self._connection.commit()


class InMemoryLedgerRecorder(POPOApplicationRecorder):
    """The library's in-memory recorder, with fences and read tables."""

    def __init__(self, tables: InMemoryTables) -> None:
        super().__init__()
        self._tables = tables

    def _insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        fences: Sequence[Fence] = (),
        events: Sequence[Event] = (),
        **_: Any,
    ) -> Sequence[int] | None:
        with self._database_lock, self._tables.transaction() as cursor:
            self._assert_uniqueness(stored_events)
            for stream_id, version in predecessors(stored_events):
                if version not in self._stored_events_index[str(stream_id)]:
                    raise gap(stream_id, version + 1)
            for fence in fences:
                self._check(fence)
            # The tables may still refuse; adding to the lists cannot fail, so it comes last.
            first = len(self._stored_events) + 1
            positions = range(first, first + len(stored_events))
            store_derived(cursor, positions, stored_events, events)
            return self._update_table(stored_events)

    def locked(self) -> AbstractContextManager[object]:
        """Keep other threads from appending. Taken before the tables' lock, as an append does."""
        return self._database_lock

    def _check(self, fence: Fence) -> None:
        topics = {kind.wire_name for kind in fence.kinds}
        for stored in self.select_events(fence.stream_id, gt=fence.version):
            if stored.topic in topics:
                raise FenceCrossedError(f"{stored.topic!r} came first in {fence.stream_id}")


class InMemoryEventStore(RecorderEventStore):
    """An :class:`~fingerpost.application.ports.event_store.EventStore` that keeps nothing."""

    def __init__(self) -> None:
        self._tables = InMemoryTables()
        self._snapshots = InMemorySnapshotRecorder()
        self._ledger = InMemoryLedgerRecorder(self._tables)
        super().__init__(
            self._ledger,
            self._snapshots,
            SqlQueries(self._tables.transaction),
            "memory",
        )

    def _insert_all(self, restored: Iterable[Restored]) -> int:
        parts = list(restored)
        whole = Restored(
            [position for part in parts for position in part.positions],
            [stored for part in parts for stored in part.stored],
            [event for part in parts for event in part.events],
        )
        if not parts:
            return 0
        with self._ledger.locked():
            first = self._ledger.max_notification_id() or 0
            whole.require_at(range(first + 1, first + 1 + len(whole.stored)))
            self._ledger.insert_events(whole.stored, events=whole.events)
        return len(whole.stored)

    def _rebuild_tables(self) -> int:
        count = 0
        with self._ledger.locked(), self._tables.transaction() as cursor:
            self._snapshots.clear()
            drop_tables(cursor)
            create_tables(cursor)
            for recorded in self._all_events():
                apply_event(cursor, recorded.position, recorded.event)
                count += 1
        return count

    def close(self) -> None:
        """Do nothing: the store lives as long as it is referred to."""
