"""Recorders that keep one snapshot a stream, the newest.

The library keeps them all; with a head of ten thousand aliases that is half a megabyte for every
hundred events.
"""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from eventsourcing.persistence import AggregateRecorder, StoredEvent
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteCursor, SQLiteDatastore


@runtime_checkable
class EverySnapshot(Protocol):
    """A recorder that can hand out what it keeps, for a check."""

    def every(self) -> Iterator[StoredEvent]:
        """Iterate over the snapshots, one a stream."""
        ...


class SQLiteSnapshotRecorder(SQLiteAggregateRecorder):
    """Snapshots in a table beside the events."""

    def __init__(self, datastore: SQLiteDatastore) -> None:
        super().__init__(datastore, events_table_name="snapshots")
        # Two writers may reach the interval together; their snapshots are the same.
        self.insert_events_statement = "INSERT OR IGNORE INTO snapshots VALUES (?,?,?,?)"

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        for stored in stored_events:
            c.execute(
                "DELETE FROM snapshots WHERE originator_id=? AND originator_version<?",
                (_hex(stored.originator_id), stored.originator_version),
            )
        return super()._insert_events(c, stored_events, **kwargs)

    def every(self) -> Iterator[StoredEvent]:
        """Iterate over the snapshots, one a stream; there are few, of a few hundred bytes."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT * FROM snapshots ORDER BY originator_id, originator_version")
            rows = cursor.fetchall()
        for row in rows:
            yield StoredEvent(
                UUID(row["originator_id"]), row["originator_version"], row["topic"], row["state"]
            )


class InMemorySnapshotRecorder(AggregateRecorder):
    """Snapshots in a dictionary."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._newest: dict[UUID | str, StoredEvent] = {}

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Keep a snapshot if it is newer than the one held."""
        with self._lock:
            for stored in stored_events:
                held = self._newest.get(stored.originator_id)
                if held is None or held.originator_version < stored.originator_version:
                    self._newest[stored.originator_id] = stored
        return None

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,  # noqa: ARG002 - the library's signature
        limit: int | None = None,  # noqa: ARG002 - likewise
    ) -> Sequence[StoredEvent]:
        """Return the snapshot held, if it is within the bounds."""
        with self._lock:
            held = self._newest.get(originator_id)
        if held is None:
            return []
        above = gt is None or held.originator_version > gt
        below = lte is None or held.originator_version <= lte
        return [held] if above and below else []

    def every(self) -> Iterator[StoredEvent]:
        """Iterate over the snapshots, one a stream."""
        with self._lock:
            held = list(self._newest.values())
        return iter(held)

    def clear(self) -> None:
        """Forget all snapshots."""
        with self._lock:
            self._newest.clear()


def _hex(stream_id: UUID | str) -> str:
    return stream_id.hex if isinstance(stream_id, UUID) else stream_id
