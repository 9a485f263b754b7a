"""The recorders of a ledger in PostgreSQL.

They keep the interface of the library's, and share no code with its module for PostgreSQL, which
repeats an insert whose answer was lost, raises what goes wrong inside of a transaction only after
its commit, and takes positions from a sequence (ADR 0031).
"""

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    Notification,
    StoredEvent,
    Subscription,
)

from fingerpost.application.ports.event_store import Fence
from fingerpost.domain.events import Event

from ...read_tables.cursor import Row
from ..failpoints import Failpoint, no_failpoint
from ..store import FenceCrossedError, Restored, gap, predecessors, store_derived
from .connections import PostgresDatastore
from .cursor import PostgresCursor
from .failures import (
    AcknowledgementLostError,
    ConnectionLostError,
    PostgresLedgerError,
    UnreachableError,
)

_LOCK: Final = "LOCK TABLE events IN EXCLUSIVE MODE"
"""Keeps others from writing and not from reading. So positions are committed in their order."""

_ROW: Final = "originator_id, originator_version, topic, state"
_RECOVERY_S: Final = 30.0
_PAUSE_S: Final = 0.2


class PostgresLedgerRecorder(ApplicationRecorder):
    """Events, with fences, read tables, and positions 1, 2, 3 … without gaps."""

    def __init__(self, datastore: PostgresDatastore, failpoint: Failpoint = no_failpoint) -> None:
        self._datastore = datastore
        self._failpoint = failpoint

    # -- writing

    def insert_events(  # type: ignore[override]  # unknown arguments are refused, not swallowed
        self,
        stored_events: Sequence[StoredEvent],
        *,
        fences: Sequence[Fence] = (),
        events: Sequence[Event] = (),
    ) -> Sequence[int]:
        """Store events, once, whatever becomes of the connection.

        Raises:
            AcknowledgementLostError: the server cannot be asked whether they were stored.
        """
        deadline = time.monotonic() + _RECOVERY_S
        is_lost = False
        while True:
            positions: list[int] = []
            try:
                with self._datastore.writing() as cursor, cursor.pipelined():
                    positions += self._insert_events(cursor, stored_events, fences, events)
            except AcknowledgementLostError as lost:
                is_lost = True
                if self._are_stored(stored_events, positions, deadline, lost):
                    return positions
            except (ConnectionLostError, UnreachableError) as error:
                # Before a commit was asked for: the server rolls it back. A server that could not
                # be reached to begin with is told of at once.
                is_lost = is_lost or isinstance(error, ConnectionLostError)
                if not is_lost or time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_S)
            else:
                return positions

    def _insert_events(
        self,
        cursor: PostgresCursor,
        stored_events: Sequence[StoredEvent],
        fences: Sequence[Fence],
        events: Sequence[Event],
    ) -> Sequence[int]:
        cursor.execute(_LOCK)
        for stream_id, version in predecessors(stored_events):
            self._require(cursor, stream_id, version)
        for fence in fences:
            self._check(cursor, fence)
        self._failpoint("after_fences")
        self._failpoint("before_insert")
        positions = self._store(cursor, stored_events)
        self._failpoint("after_insert")
        store_derived(cursor, positions, stored_events, events, self._failpoint)
        self._failpoint("before_commit")
        return positions

    def restore(self, cursor: PostgresCursor, restored: Restored) -> int:
        """Store events in a transaction that is open; return how many."""
        given = self._insert_events(cursor, restored.stored, (), restored.events)
        return restored.require_at(given)

    @staticmethod
    def _store(cursor: PostgresCursor, stored_events: Sequence[StoredEvent]) -> Sequence[int]:
        if not stored_events:
            return []
        cursor.execute("SELECT COALESCE(MAX(position), 0) FROM events")
        first = int(cursor.fetchone()[0]) + 1
        positions = list(range(first, first + len(stored_events)))
        cursor.execute(
            f"INSERT INTO events (position, {_ROW}) SELECT * FROM unnest("
            "?::bigint[], ?::uuid[], ?::bigint[], ?::text[], ?::bytea[])",
            (
                positions,
                [each.originator_id for each in stored_events],
                [each.originator_version for each in stored_events],
                [each.topic for each in stored_events],
                [each.state for each in stored_events],
            ),
        )
        return positions

    @staticmethod
    def _require(cursor: PostgresCursor, stream_id: UUID, version: int) -> None:
        cursor.execute(
            "SELECT 1 FROM events WHERE originator_id=? AND originator_version=?",
            (stream_id, version),
        )
        if cursor.fetchone() is None:
            raise gap(stream_id, version + 1)

    @staticmethod
    def _check(cursor: PostgresCursor, fence: Fence) -> None:
        topics = [kind.wire_name for kind in fence.kinds]
        cursor.execute(
            "SELECT topic FROM events WHERE originator_id=? AND originator_version>? "
            # Without the order the planner may read the whole table.
            "AND topic = ANY(?::text[]) ORDER BY originator_version DESC LIMIT 1",
            (fence.stream_id, fence.version, topics),
        )
        crossed = cursor.fetchone()
        if crossed is not None:
            raise FenceCrossedError(f"{crossed['topic']!r} came first in {fence.stream_id}")

    # -- an answer that was lost

    def _are_stored(
        self,
        stored_events: Sequence[StoredEvent],
        positions: Sequence[int],
        deadline: float,
        lost: AcknowledgementLostError,
    ) -> bool:
        while True:
            try:
                return self._look(stored_events, positions)
            except PostgresLedgerError:
                if time.monotonic() > deadline:
                    raise lost from None
                time.sleep(_PAUSE_S)

    def _look(self, stored_events: Sequence[StoredEvent], positions: Sequence[int]) -> bool:
        with self._datastore.writing() as cursor:
            # Waits until the server is done with the transaction, one way or the other.
            cursor.execute(_LOCK)
            cursor.execute(
                f"SELECT {_ROW} FROM events WHERE position BETWEEN ? AND ? ORDER BY position",
                (positions[0], positions[-1]),
            )
            return [_stored(row) for row in cursor.fetchall()] == list(stored_events)

    # -- reading

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return events of a stream."""
        return _selected(self._datastore, "events", originator_id, gt, lte, limit, desc=desc)

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Return events of the ledger, in its order."""
        where, values = ["TRUE"], list[object]()
        for column, value in (
            (f"position{'>=' if inclusive_of_start else '>'}?", start),
            ("position<=?", stop),
            ("topic = ANY(?::text[])", list(topics) or None),
        ):
            if value is not None:
                where.append(column)
                values.append(value)
        with self._datastore.statement() as cursor:
            cursor.execute(
                f"SELECT position, {_ROW} FROM events WHERE {' AND '.join(where)} "
                "ORDER BY position LIMIT ?",
                (*values, limit),
            )
            found = cursor.fetchall()
        return [Notification(row[1], row[2], row[3], row[4], id=row[0]) for row in found]

    def max_notification_id(self) -> int | None:
        """Return the last position."""
        with self._datastore.statement() as cursor:
            cursor.execute("SELECT MAX(position) FROM events")
            last = cursor.fetchone()[0]
        return None if last is None else int(last)

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Refuse: :class:`fingerpost.OpenStore` follows every ledger in one way."""
        raise NotImplementedError


class PostgresSnapshotRecorder(AggregateRecorder):
    """Snapshots in a table beside the events, the newest of each stream."""

    def __init__(self, datastore: PostgresDatastore) -> None:
        self._datastore = datastore

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Keep snapshots that are newer than those held."""
        with self._datastore.writing() as cursor:
            for stored in stored_events:
                cursor.execute(
                    f"INSERT INTO snapshots AS held ({_ROW}) VALUES (?,?,?,?) "
                    "ON CONFLICT (originator_id) DO UPDATE SET topic=excluded.topic, "
                    "originator_version=excluded.originator_version, state=excluded.state "
                    "WHERE held.originator_version < excluded.originator_version",
                    (
                        stored.originator_id,
                        stored.originator_version,
                        stored.topic,
                        stored.state,
                    ),
                )
        return None

    def every(self) -> Iterator[StoredEvent]:
        """Iterate over the snapshots, one a stream; there are few, of a few hundred bytes."""
        with self._datastore.statement() as cursor:
            cursor.execute(f"SELECT {_ROW} FROM snapshots ORDER BY originator_id")
            found = cursor.fetchall()
        yield from map(_stored, found)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Return the snapshot held, if it is within the bounds."""
        return _selected(self._datastore, "snapshots", originator_id, gt, lte, limit, desc=desc)


def _selected(
    datastore: PostgresDatastore,
    table: str,
    originator_id: UUID | str,
    gt: int | None,
    lte: int | None,
    limit: int | None,
    *,
    desc: bool,
) -> Sequence[StoredEvent]:
    bounds = {"originator_version>?": gt, "originator_version<=?": lte}
    given = {text: value for text, value in bounds.items() if value is not None}
    where = " AND ".join(["originator_id=?", *given])
    with datastore.statement() as cursor:
        cursor.execute(
            f"SELECT {_ROW} FROM {table} WHERE {where} "
            f"ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT ?",
            (originator_id, *given.values(), limit),
        )
        return [_stored(row) for row in cursor.fetchall()]


def _stored(row: Row) -> StoredEvent:
    return StoredEvent(row["originator_id"], row["originator_version"], row["topic"], row["state"])
