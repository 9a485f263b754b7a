"""The versions that exist according to a ledger."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from attrs import frozen

from fingerpost.application.ports.event_store import EventStore
from fingerpost.domain.events import CollectionDeleted, Event, VersionDeleted, VersionLogged
from fingerpost.domain.ledger.record import LedgerRecord

_KINDS: Final = {
    VersionLogged.wire_name,
    VersionDeleted.wire_name,
    CollectionDeleted.wire_name,
}


@frozen
class LiveVersion:
    """A version that was logged, and not deleted by itself or with its collection.

    Attributes:
        position: of the event that logged it.
        manifest: digest of its manifest.
    """

    position: int
    manifest: str


class LiveVersions:
    """The versions that exist after the records read so far."""

    def __init__(self, events: EventStore) -> None:
        self._events = events
        self._found: dict[UUID, dict[int, LiveVersion]] = {}

    def follow(self, record: LedgerRecord, event: Event | None = None) -> None:
        """Apply the next record."""
        if record.kind not in _KINDS:
            return
        event = event or self._events.readable(record)
        match event:
            case VersionLogged():
                found = LiveVersion(record.position, event.manifest)
                self._found.setdefault(event.originator_id, {})[event.index] = found
            case VersionDeleted():
                self._found.get(event.originator_id, {}).pop(event.index, None)
            case CollectionDeleted():
                self._found.pop(event.originator_id, None)

    def __iter__(self) -> Iterator[LiveVersion]:
        for versions in self._found.values():
            yield from versions.values()

    def __len__(self) -> int:
        return sum(map(len, self._found.values()))
