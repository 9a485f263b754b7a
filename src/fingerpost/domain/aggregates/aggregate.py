"""What aggregates have in common: an identity, a version, and how commands record events."""

from collections.abc import Iterable
from typing import Generic, Protocol, Self, TypeVar
from uuid import UUID

from ..errors import CorruptLedgerError
from ..events import Envelope, Event
from .attribution import Attribution


class Aggregate(Protocol):
    """A state that is a fold of its stream's events and nothing else."""

    @property
    def id(self) -> UUID:
        """The stream's identity."""
        ...

    @property
    def version(self) -> int:
        """Version of the last event that was applied."""
        ...

    def apply(self, event: Event) -> Self:
        """Return the state after one more event of its stream."""
        ...


A = TypeVar("A", bound=Aggregate)


def envelope(stream_id: UUID, version: int, by: Attribution) -> Envelope:
    """Return the shared fields of an event, as keyword arguments."""
    return Envelope(
        originator_id=stream_id,
        originator_version=version,
        at=by.at,
        actor=str(by.actor),
        reason=by.reason,
        run_id=by.run_id,
        command_id=by.command_id,
    )


def foreign(event: Event, stream_id: UUID) -> CorruptLedgerError:
    """Return the error for an event that does not belong in the stream it was found in."""
    row = f"event {event.originator_version} of stream {stream_id}"
    return CorruptLedgerError(row, f"{event.wire_name!r} does not belong in this stream")


class Recording(Generic[A]):
    """The events of one command, each decided on the state that the ones before it left."""

    def __init__(self, state: A, by: Attribution) -> None:
        self.state = state
        self.events: list[Event] = []
        self._by = by

    def envelope(self) -> Envelope:
        """Return the shared fields of the next event."""
        return envelope(self.state.id, self.state.version + 1, self._by)

    def add(self, event: Event) -> None:
        """Record an event and apply it."""
        self.state = self.state.apply(event)
        self.events.append(event)


def fold(state: A, events: Iterable[Event]) -> A:
    """Return the state after all the events."""
    for event in events:
        state = state.apply(event)
    return state
