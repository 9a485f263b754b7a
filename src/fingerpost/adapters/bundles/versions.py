"""The versions that a ledger says are there."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from attrs import frozen

from fingerpost.application.ports.event_store import EventStore
from fingerpost.domain.events import Event, VersionDeleted, VersionLogged
from fingerpost.domain.ledger.record import LedgerRecord

_KINDS: Final = {VersionLogged.wire_name, VersionDeleted.wire_name}


@frozen
class LiveVersion:
    """A version that was logged and not deleted.

    Attributes:
        position: of the event that logged it.
        manifest: digest of its manifest.
    """

    position: int
    manifest: str


class LiveVersions:
    """Versions by collection and number, as records go by."""

    def __init__(self, events: EventStore) -> None:
        self._events = events
        self._found: dict[tuple[UUID, int], LiveVersion] = {}

    def follow(self, record: LedgerRecord, event: Event | None = None) -> None:
        """Take the next record in."""
        if record.kind not in _KINDS:
            return
        event = event or self._events.readable(record)
        match event:
            case VersionLogged():
                found = LiveVersion(record.position, event.manifest)
                self._found[event.originator_id, event.index] = found
            case VersionDeleted():
                self._found.pop((event.originator_id, event.index), None)

    def __iter__(self) -> Iterator[LiveVersion]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)
