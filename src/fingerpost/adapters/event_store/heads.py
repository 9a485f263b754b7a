"""Loading the heads of aggregates: a cache, snapshots, and the events since.

Snapshots are derived data. One that cannot be read, or that was written for another shape of the
head, is passed over, and the head is folded from its events.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar, cast, get_args, get_origin
from uuid import UUID

import orjson
from attrs import frozen
from cattrs import Converter
from eventsourcing.application import AggregateNotFoundError, Repository
from eventsourcing.persistence import AggregateRecorder, EventStore, Mapper, StoredEvent

from fingerpost.domain.aggregates.aggregate import Aggregate
from fingerpost.domain.aggregates.name_claim import NameClaim
from fingerpost.domain.automation import Automation, Secret
from fingerpost.domain.collection import Collection
from fingerpost.domain.collection.approvals import Approvals
from fingerpost.domain.errors import CorruptLedgerError
from fingerpost.domain.events import (
    AutomationCreated,
    CollectionCreated,
    EntityCreated,
    Event,
    NameClaimed,
    OrganizationCreated,
    RegistryCreated,
    RunStarted,
    SecretSet,
    VersionApproved,
)
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.organization.organization import Organization
from fingerpost.domain.registry import Registry
from fingerpost.domain.run import Run

from .failpoints import Failpoint, no_failpoint
from .mapper import event_converter
from .snapshots import EverySnapshot

A = TypeVar("A", bound=Aggregate)

SNAPSHOT_INTERVAL: Final = 100
"""Events between two snapshots of a stream: what a load without cache replays at most."""

SNAPSHOT_FORMAT: Final = 3
"""Raised when a head's shape changes; older snapshots are then passed over."""

CACHED_HEADS: Final = 1_000

_BEGINNINGS: Final[Mapping[type[Event], Callable[[Any], Aggregate]]] = MappingProxyType(
    {
        OrganizationCreated: Organization.begin,
        EntityCreated: Entity.begin,
        NameClaimed: NameClaim.begin,
        RegistryCreated: Registry.begin,
        CollectionCreated: Collection.begin,
        RunStarted: Run.begin,
        VersionApproved: Approvals.begin,
        AutomationCreated: Automation.begin,
        SecretSet: Secret.begin,
    }
)
_SNAPSHOT_KINDS: Final[Mapping[str, type[Aggregate]]] = MappingProxyType(
    {
        "snapshot.collection": Collection,
        "snapshot.registry": Registry,
        "snapshot.run": Run,
        "snapshot.organization": Organization,
        "snapshot.entity": Entity,
    }
)


@frozen(kw_only=True)
class Snapshot:
    """A head at some version of its stream."""

    originator_id: UUID
    originator_version: int
    head: Aggregate


class UnusableSnapshotError(Exception):
    """A stored snapshot cannot be read; never leaves this module."""


def project(head: Aggregate | None, items: Iterable[Event | Snapshot]) -> Aggregate | None:
    """Fold snapshots and events, in order; a gap between them is an error that names the row."""
    for item in items:
        if isinstance(item, Snapshot):
            head = item.head
        elif head is None:
            head = _begin(item)
        else:
            _require_next(head, item)
            head = head.apply(item)
    return head


def _begin(event: Event) -> Aggregate:
    beginning = _BEGINNINGS.get(type(event))
    if beginning is None or event.originator_version != 1:
        raise _misplaced(event, "a stream's first event is missing")
    return beginning(event)


def _require_next(head: Aggregate, event: Event) -> None:
    if event.originator_version != head.version + 1:
        raise _misplaced(event, f"the events after {head.version} are missing")


def _misplaced(event: Event, problem: str) -> CorruptLedgerError:
    row = f"event {event.originator_version} ({event.wire_name!r}) of stream {event.originator_id}"
    return CorruptLedgerError(row, problem)


class SnapshotMapper(Mapper[UUID]):
    """Heads to and from snapshot rows."""

    def __init__(self) -> None:
        self._converter = _head_converter()
        self._names = {kind: name for name, kind in _SNAPSHOT_KINDS.items()}

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """Return the row of a snapshot."""
        head = domain_event.head
        state = {"format": SNAPSHOT_FORMAT, "head": self._converter.unstructure(head)}
        return StoredEvent(head.id, head.version, self._names[type(head)], orjson.dumps(state))

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """Return the snapshot of a row."""
        try:
            kind = _SNAPSHOT_KINDS[stored_event.topic]
            head = self._converter.structure(self._current(stored_event.state), kind)
        except Exception as error:
            raise UnusableSnapshotError from error
        return Snapshot(
            originator_id=cast("UUID", stored_event.originator_id),
            originator_version=stored_event.originator_version,
            head=head,
        )

    @staticmethod
    def _current(stored: bytes) -> Any:
        state = orjson.loads(stored)
        if state["format"] != SNAPSHOT_FORMAT:
            raise UnusableSnapshotError
        return state["head"]


class Heads:
    """Current heads, at a cost that does not depend on the length of their streams."""

    def __init__(
        self,
        mapper: Mapper[UUID],
        events: AggregateRecorder,
        snapshots: AggregateRecorder,
    ) -> None:
        self._snapshots = EventStore[UUID](SnapshotMapper(), snapshots)
        self._events = EventStore[UUID](mapper, events)
        self._repository = self._new_repository(self._snapshots)

    def _new_repository(self, snapshots: EventStore[UUID] | None) -> Repository[UUID]:
        return Repository(
            self._events,
            snapshot_store=snapshots,
            cache_maxsize=CACHED_HEADS,
            deepcopy_from_cache=False,
        )

    def load(self, stream_id: UUID) -> Aggregate | None:
        """Return a head, or ``None`` for an empty stream."""
        try:
            head = self._get(self._repository, stream_id)
        except AggregateNotFoundError:
            return None
        except UnusableSnapshotError:
            head = self._get(self._new_repository(None), stream_id)
        # The library (9.5.6) does not put back what it fast-forwarded.
        self._remember(stream_id, head)
        return head

    @staticmethod
    def _get(repository: Repository[UUID], stream_id: UUID) -> Aggregate:
        head: Aggregate = repository.get(
            stream_id,
            projector_func=project,
            deepcopy_from_cache=False,
        )
        return head

    def _remember(self, stream_id: UUID, head: Aggregate) -> None:
        cache = self._repository.cache
        if cache is not None:
            try:
                held = cache.get(stream_id)
            except KeyError:
                held = None
            if held is None or held.version < head.version:
                cache.put(stream_id, cast("Any", head))

    def snapshot(self, events: Iterable[Event], failpoint: Failpoint = no_failpoint) -> None:
        """Write snapshots of the streams that these stored events took past an interval."""
        due = {
            event.originator_id
            for event in events
            if event.originator_version % SNAPSHOT_INTERVAL == 0
        }
        for stream_id in due:
            head = self.load(stream_id)
            if head is not None and type(head) in _SNAPSHOT_KINDS.values():
                snapshot = Snapshot(
                    originator_id=head.id, originator_version=head.version, head=head
                )
                failpoint("before_snapshot")
                self._snapshots.put([cast("Any", snapshot)])
                failpoint("after_snapshot")

    def forged(self) -> list[UUID]:
        """Return the streams whose snapshot is not what their events say.

        A snapshot that cannot be read is none: it is passed over, as when a head is loaded.
        """
        folded = self._new_repository(None)
        return [
            snapshot.originator_id
            for snapshot in self._readable_snapshots()
            if _head_at(folded, snapshot) != snapshot.head
        ]

    def _readable_snapshots(self) -> Iterator[Snapshot]:
        recorder, mapper = self._snapshots.recorder, self._snapshots.mapper
        if not isinstance(recorder, EverySnapshot):
            msg = f"{type(recorder).__name__} cannot hand out its snapshots"
            raise TypeError(msg)
        for stored in recorder.every():
            with suppress(UnusableSnapshotError):
                yield cast("Snapshot", mapper.to_domain_event(stored))

    def forget(self) -> None:
        """Empty the cache."""
        self._repository = self._new_repository(self._snapshots)


def _head_at(folded: Repository[UUID], snapshot: Snapshot) -> Aggregate | None:
    try:
        head: Aggregate = folded.get(
            snapshot.originator_id,
            version=snapshot.originator_version,
            projector_func=project,
            deepcopy_from_cache=False,
        )
    except (AggregateNotFoundError, CorruptLedgerError):
        return None
    return head


def _is_mapping(kind: object) -> bool:
    return cast("object", get_origin(kind)) is Mapping


def _structure_mapping(converter: Converter, value: Mapping[Any, Any], kind: Any) -> Any:
    key, held = get_args(kind)
    structured = {
        converter.structure(each, key): converter.structure(other, held)
        for each, other in value.items()
    }
    return MappingProxyType(structured)


def _head_converter() -> Converter:
    converter = event_converter()
    converter.register_structure_hook_func(
        _is_mapping,
        lambda value, kind: _structure_mapping(converter, value, kind),
    )
    # A role is a kind of text, and would be left as text: no role is the text that it equals.
    converter.register_structure_hook(StrEnum, lambda value, kind: kind(value))
    converter.register_unstructure_hook(
        MappingProxyType,
        lambda value: {
            converter.unstructure(key): converter.unstructure(held) for key, held in value.items()
        },
    )
    return converter
