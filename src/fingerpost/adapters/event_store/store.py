"""What the event stores have in common: mapping, heads, and what a failed append means."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Final, NamedTuple, TypeVar, cast
from uuid import UUID

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    ConnectionPoolClosedError,
    IntegrityError,
    Notification,
    PersistenceError,
    StoredEvent,
)

from fingerpost.application.ports.event_store import Fence, RecordedEvent
from fingerpost.domain.aggregates.aggregate import Aggregate
from fingerpost.domain.errors import (
    ConcurrencyError,
    CorruptLedgerError,
    FingerpostError,
    OutcomeUnknownError,
    StoreUnavailableError,
)
from fingerpost.domain.events import Event
from fingerpost.domain.ledger.record import LedgerRecord

from ..read_tables import SqlQueries, apply_event, differing, fresh_tables
from ..read_tables.cursor import Cursor
from . import ledger_tree
from .failpoints import Failpoint, no_failpoint
from .heads import Heads
from .mapper import event_mapper, row_name

A = TypeVar("A", bound=Aggregate)

_LOG: Final = logging.getLogger("fingerpost")

UNUSABLE: Final = (PersistenceError, ConnectionPoolClosedError)
"""What the recorders raise when the ledger cannot be used; after ``close()``, the second."""

STREAM_PAGE: Final = 1_000
"""Events fetched at once while a stream is read; the recorders build lists."""


class FenceCrossedError(IntegrityError):
    """Something happened in a stream that a decision was based on; rolls the insert back."""


class Restored(NamedTuple):
    """Events that were stored elsewhere: their positions here and there, their rows, themselves."""

    positions: Sequence[int]
    stored: Sequence[StoredEvent]
    events: Sequence[Event]

    def require_at(self, given: Sequence[int] | None) -> int:
        """Return their number, if these are the positions that they got.

        Raises:
            FenceCrossedError: they are not: the ledger does not end where the first one begins.
        """
        if list(given or ()) != list(self.positions):
            msg = f"event {self.positions[0]} would be stored at {(given or [0])[0]}"
            raise FenceCrossedError(msg)
        return len(self.positions)


def _batched(records: Iterable[LedgerRecord], size: int) -> Iterator[list[LedgerRecord]]:
    rest = iter(records)
    while batch := list(islice(rest, size)):
        yield batch


def predecessors(events: Sequence[StoredEvent]) -> list[tuple[UUID, int]]:
    """Return stream and version of what has to be stored already for each stream to go on.

    Raises:
        FenceCrossedError: the events of a stream do not follow each other.
    """
    before: dict[UUID, int] = {}
    newest: dict[UUID, int] = {}
    for event in events:
        stream_id, version = cast("UUID", event.originator_id), event.originator_version
        before.setdefault(stream_id, version - 1)
        if version != newest.get(stream_id, version - 1) + 1:
            raise gap(stream_id, version)
        newest[stream_id] = version
    return [(stream_id, version) for stream_id, version in before.items() if version]


def record_of(position: int, stored: StoredEvent) -> LedgerRecord:
    """Return what stands for a row in the ledger's Merkle tree."""
    return LedgerRecord(
        position=position,
        stream_id=cast("UUID", stored.originator_id),
        version=stored.originator_version,
        kind=stored.topic,
        state=_as_bytes(stored.state),
    )


def _as_bytes(state: object) -> bytes:
    # SQLite keeps whatever type it is given, so a row that was meddled with may hold text.
    return bytes(state) if isinstance(state, bytes | memoryview) else str(state).encode()


def store_derived(
    cursor: Cursor,
    positions: Sequence[int],
    stored: Sequence[StoredEvent],
    events: Sequence[Event],
    failpoint: Failpoint = no_failpoint,
) -> None:
    """Add to the Merkle tree and the read tables what follows from events that are being stored."""
    ledger_tree.append_leaves(cursor, list(map(record_of, positions, stored)))
    failpoint("after_tree")
    for position, event in zip(positions, events, strict=True):
        apply_event(cursor, position, event)
        failpoint("after_tables")


def gap(stream_id: UUID, version: int) -> FenceCrossedError:
    """Return the error for an event whose predecessor is missing: no head could get past it."""
    return FenceCrossedError(f"{stream_id} has no event before {version}")


def remedy_for(error: Exception) -> str:
    """Return what to do about a database error, which says little itself."""
    said = str(error).lower()
    if isinstance(error, ConnectionPoolClosedError):
        return "The store was closed: open it again."
    if "locked" in said or "busy" in said:
        return (
            "Another process has been writing to it all the while. Nothing was changed: try again."
        )
    if "readonly" in said or "read-only" in said:
        return (
            "Fingerpost writes beside the ledger even when it reads: copy the store, or permit it."
        )
    if "not a database" in said or "malformed" in said:
        return "The file is damaged: restore it from a backup."
    return "Nothing was changed. Check the place, its permissions and its space, and try again."


class RecorderEventStore(ABC):
    """An event store on one of the library's recorders.

    The recorder's ``_insert_events`` is to check fences and update the read tables inside the
    inserting transaction; it is handed ``fences=`` and ``events=``.
    """

    def __init__(
        self,
        recorder: ApplicationRecorder,
        snapshots: AggregateRecorder,
        queries: SqlQueries,
        location: str,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._failpoint = failpoint
        self._mapper = event_mapper()
        self._recorder = recorder
        self._heads = Heads(self._mapper, recorder, snapshots)
        self._queries = queries
        self._location = location

    @property
    def location(self) -> str:
        """Where the ledger is, for people."""
        return self._location

    @property
    def queries(self) -> SqlQueries:
        """The read tables."""
        return self._queries

    def load(self, kind: type[A], stream_id: UUID) -> A | None:
        """Return an aggregate's current head, or ``None`` when its stream is empty."""
        with self._storage_errors():
            head = self._heads.load(stream_id)
        if head is not None and not isinstance(head, kind):
            msg = f"stream {stream_id} is a {type(head).__name__}, not a {kind.__name__}"
            raise TypeError(msg)
        return head

    def append(self, events: Sequence[Event], *, fences: Sequence[Fence] = ()) -> int:
        """Store events of one or more streams, all or none, and update the read tables."""
        rows = [self._row(event) for event in events]
        stored, read_back = [row for row, _ in rows], [event for _, event in rows]
        try:
            # The tables follow from the events as a rebuild reads them: JSON has its keys sorted.
            positions = self._recorder.insert_events(stored, fences=fences, events=read_back)
        except IntegrityError as error:
            raise ConcurrencyError(str(error)) from error
        except UNUSABLE as error:
            raise self._not_stored(error) from error
        self._failpoint("after_commit")
        self._snapshot(events)
        return list(positions or [0])[-1]

    def _row(self, event: Event) -> tuple[StoredEvent, Event]:
        # One row that cannot be read back would stop everything that comes after it, for ever.
        stored = self._mapper.to_stored_event(event)
        read_back = self._mapper.to_domain_event(stored)
        if read_back != event:
            raise CorruptLedgerError(row_name(stored), "would not read back as it was written")
        return stored, read_back

    def _snapshot(self, events: Sequence[Event]) -> None:
        # The events are stored: whatever goes wrong from here on must not look like a failure.
        try:
            self._heads.snapshot(events, self._failpoint)
        except (PersistenceError, FingerpostError):
            _LOG.warning("no snapshot was written in %s", self._location, exc_info=True)

    def stream(self, stream_id: UUID, *, after: int = 0) -> Iterator[Event]:
        """Iterate over a stream's events with versions above ``after``, oldest first."""
        last = after
        while page := self._page(stream_id, last):
            yield from (self._mapper.to_domain_event(stored) for stored in page)
            last = page[-1].originator_version

    def events(self, *, after: int = 0, limit: int = STREAM_PAGE) -> Sequence[RecordedEvent]:
        """Return up to ``limit`` events with positions above ``after``, in order."""
        found = self._notifications(after, limit)
        return [
            RecordedEvent(position=stored.id, event=self._mapper.to_domain_event(stored))
            for stored in found
        ]

    def records(self, *, after: int = 0, limit: int = STREAM_PAGE) -> Sequence[LedgerRecord]:
        """Return up to ``limit`` events above a position as they are stored."""
        found = self._notifications(after, limit)
        return [record_of(stored.id, stored) for stored in found]

    def _notifications(self, after: int, limit: int) -> Sequence[Notification]:
        try:
            with self._storage_errors():
                return self._recorder.select_notifications(after, limit, inclusive_of_start=False)
        except (ValueError, TypeError, AttributeError) as error:
            # An identity that is none, say: the library does not tell of which row.
            if limit > 1:
                return self._notifications(after, limit // 2)
            row = f"the event after position {after}"
            raise CorruptLedgerError(row, f"cannot be read ({error!r})") from error

    def restore(self, records: Iterable[LedgerRecord]) -> int:
        """Store events as they were stored elsewhere, at their positions, all or none."""
        try:
            count = self._insert_all(map(self._restored, _batched(records, STREAM_PAGE)))
        except IntegrityError as error:
            raise ConcurrencyError(str(error)) from error
        except UNUSABLE as error:
            raise self._unavailable(error) from error
        self._heads.forget()
        return count

    def _restored(self, records: Sequence[LedgerRecord]) -> Restored:
        stored = [StoredEvent(r.stream_id, r.version, r.kind, r.state) for r in records]
        events = [self._mapper.to_domain_event(each) for each in stored]
        return Restored([record.position for record in records], stored, events)

    def readable(self, record: LedgerRecord) -> Event:
        """Return the event of a record.

        Raises:
            CorruptLedgerError: it cannot be read.
        """
        (event,) = self._restored([record]).events
        return event

    def tree_size(self) -> int:
        """Return the number of events that the Merkle tree has leaves for."""
        with self._storage_errors(), self._queries.reading() as cursor:
            return ledger_tree.stored_size(cursor)

    def tree_hashes(self, indexes: Sequence[int]) -> Sequence[bytes]:
        """Return stored hashes of the tree, in the order of their indexes."""
        with self._storage_errors(), self._queries.reading() as cursor:
            return ledger_tree.read_hashes(cursor, indexes)

    def tree_hashes_from(self, first: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """Return up to ``limit`` stored hashes and their indexes, from an index on, in order."""
        with self._storage_errors(), self._queries.reading() as cursor:
            return ledger_tree.hashes_from(cursor, first, limit)

    def _page(self, stream_id: UUID, after: int) -> Sequence[StoredEvent]:
        with self._storage_errors():
            return self._recorder.select_events(stream_id, gt=after, limit=STREAM_PAGE)

    def rebuild(self) -> int:
        """Recreate read tables and snapshots from the events alone."""
        with self._storage_errors():
            count = self._rebuild_tables()
        self._heads.forget()
        return count

    def forged_snapshots(self) -> Sequence[UUID]:
        """Return the streams whose snapshot is not what their events say."""
        with self._storage_errors():
            return self._heads.forged()

    def differing_tables(self) -> Sequence[str]:
        """Return the names of read tables that are not what the events say."""
        with fresh_tables() as expected:
            for recorded in self._all_events():
                apply_event(expected, recorded.position, recorded.event)
            with self._storage_errors(), self._queries.reading() as actual:
                return list(differing(expected, actual))

    def _all_events(self) -> Iterator[RecordedEvent]:
        after = 0
        while page := self.events(after=after):
            yield from page
            after = page[-1].position

    @contextmanager
    def _storage_errors(self) -> Iterator[None]:
        try:
            yield
        except UNUSABLE as error:
            raise self._unavailable(error) from error

    def _not_stored(self, error: Exception) -> StoreUnavailableError:
        unavailable = self._unavailable(error)
        if "disk i/o" not in str(error).lower():
            return unavailable
        # What could not be synced may be whole in the write-ahead log. This process does not see
        # it; the next one to open the file may.
        return OutcomeUnknownError(unavailable.location, unavailable.problem)

    def _unavailable(self, error: Exception) -> StoreUnavailableError:
        problem = f"the ledger cannot be used ({error})"
        return StoreUnavailableError(self._location, problem, remedy_for(error))

    @abstractmethod
    def _insert_all(self, restored: Iterable[Restored]) -> int:
        """Insert events at their positions, in one transaction; return how many."""

    @abstractmethod
    def _rebuild_tables(self) -> int:
        """Recreate the read tables, atomically; drop the snapshots; return the event count."""

    @abstractmethod
    def close(self) -> None:
        """Release connections. Idempotent."""
