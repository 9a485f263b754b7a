"""The port to the ledger: streams of events, appended under conditions, and their Merkle tree."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from attrs import frozen

from fingerpost.domain.aggregates.aggregate import Aggregate
from fingerpost.domain.events import Event
from fingerpost.domain.ledger.record import LedgerRecord

from .queries import Queries

A = TypeVar("A", bound=Aggregate)


@frozen(kw_only=True)
class Fence:
    """An append condition on a stream that gets no new events.

    "No event of these kinds in this stream after this version." Optimistic concurrency alone does
    not prevent a member from moving an alias while an admin protects it, because the two commands
    append to different streams. A fence is checked inside the inserting transaction.

    Attributes:
        stream_id: the stream that was read for the decision.
        version: its version at that time.
        kinds: event classes that could change the decision.
    """

    stream_id: UUID
    version: int
    kinds: tuple[type[Event], ...]


@frozen(kw_only=True)
class RecordedEvent:
    """An event and its position in the ledger, from 1, without gaps."""

    position: int
    event: Event


class EventStore(Protocol):
    """All events in one order, with the heads and read tables derived from them.

    Positions are 1, 2, 3, … without gaps. The event at a position is leaf ``position - 1`` of a
    Merkle tree (:mod:`fingerpost.domain.ledger.merkle`), which grows in the transaction that stores
    the events.

    Safe to use from several threads; several processes may open the same store. The suite
    ``fingerpost.testing.EventStoreConformance`` holds implementations to this contract.
    """

    @property
    def location(self) -> str:
        """The ledger's location, for people."""
        ...

    @property
    def queries(self) -> Queries:
        """The read tables. They change in the transaction that stores the events."""
        ...

    def load(self, kind: type[A], stream_id: UUID) -> A | None:
        """Return an aggregate's current head, or ``None`` if its stream is empty.

        The cost does not depend on the length of the stream.

        Raises:
            CorruptLedgerError: a row cannot be read; names the row.
        """
        ...

    def append(self, events: Sequence[Event], *, fences: Sequence[Fence] = ()) -> int:
        """Store events of one or more streams, all or none, and update the read tables.

        When this returns, the events are durable.

        Args:
            events: in order; each continues its stream.
            fences: conditions on other streams.

        Returns:
            Position of the last event.

        Raises:
            ConcurrencyError: since the decision a stream got new events or a fence was crossed, or
                an event does not continue its stream. Nothing is stored: load and decide again.
            CorruptLedgerError: an event would not read back as it was written; nothing is stored.
            StoreUnavailableError: the ledger cannot be written.
            OutcomeUnknownError: it failed so late that the events may be stored, now or later.
        """
        ...

    def stream(self, stream_id: UUID, *, after: int = 0) -> Iterator[Event]:
        """Iterate over a stream's events with versions above ``after``, oldest first."""
        ...

    def events(self, *, after: int = 0, limit: int = 1_000) -> Sequence[RecordedEvent]:
        """Return up to ``limit`` events with positions above ``after``, in order."""
        ...

    def records(self, *, after: int = 0, limit: int = 1_000) -> Sequence[LedgerRecord]:
        """Return up to ``limit`` stored events above a position, without decoding them."""
        ...

    def readable(self, record: LedgerRecord) -> Event:
        """Decode a record, whether or not it is in this ledger.

        Raises:
            CorruptLedgerError: it cannot be decoded.
        """
        ...

    def restore(self, records: Iterable[LedgerRecord]) -> int:
        """Store records of another ledger, byte for byte and at their positions.

        Atomic, and durable when this returns. Read tables and tree are updated as for any event.
        Rules are not checked again: the caller has verified the records.

        Args:
            records: in order; the first follows the last event of the ledger.

        Returns:
            The number of records stored.

        Raises:
            ConcurrencyError: they do not follow the last event of the ledger.
            CorruptLedgerError: one cannot be decoded; names it.
            StoreUnavailableError: the ledger cannot be written.
        """
        ...

    def tree_size(self) -> int:
        """Return the number of leaves of the Merkle tree.

        Raises:
            CorruptLedgerError: the tree is truncated.
        """
        ...

    def tree_hashes(self, indexes: Sequence[int]) -> Sequence[bytes]:
        """Return stored hashes of the tree, in the order of their indexes.

        Raises:
            CorruptLedgerError: one is missing.
        """
        ...

    def tree_hashes_from(self, first: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """Return up to ``limit`` stored hashes and their indexes, from an index on, in order."""
        ...

    def rebuild(self) -> int:
        """Recreate read tables and snapshots from the events alone; return how many were read.

        The Merkle tree is not recreated: it is the evidence of what the events were. Atomic: until
        it is done, readers see the old tables.
        """
        ...

    def forged_snapshots(self) -> Sequence[UUID]:
        """Return the streams whose snapshot differs from the fold of their events; for a check."""
        ...

    def differing_tables(self) -> Sequence[str]:
        """Return the names of read tables that differ from rebuilt ones; for a check.

        It reads the whole ledger.

        Raises:
            CorruptLedgerError: an event cannot be read.
        """
        ...

    def close(self) -> None:
        """Release connections. Idempotent."""
        ...
