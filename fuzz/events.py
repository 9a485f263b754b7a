"""Rows of a ledger and of snapshots, as another program may have left them."""

import json
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from fingerpost.adapters.event_store import heads
from fingerpost.adapters.event_store.mapper import CattrsMapper
from fingerpost.application.history.event_sequence_check import LedgerSense
from fingerpost.domain.events import (
    CollectionCreated,
    EntityCreated,
    OrganizationCreated,
    RegistryCreated,
    RunStarted,
)
from fingerpost.errors import FingerpostError

from .target import GOLDEN, Target

_STREAM = UUID("00000000-0000-4000-8000-000000000001")
_MAPPER, _SNAPSHOTS = CattrsMapper(), heads.SnapshotMapper()


def _row(data: bytes, version: int) -> StoredEvent:
    topic, _, state = data.partition(b"\n")
    return StoredEvent(_STREAM, version, topic.decode("utf-8", "replace"), state)


def _golden() -> list[bytes]:
    said = json.loads((GOLDEN / "events_v1.json").read_text(encoding="utf-8"))
    return [
        f"{name}\n{json.dumps(each['state'], ensure_ascii=False)}".encode()
        for name, each in said.items()
    ]


def read_event(data: bytes) -> None:
    """Read a row; what can be read can be written again, and is the same."""
    event = _MAPPER.to_domain_event(_row(data, 7))
    again = _MAPPER.to_domain_event(_MAPPER.to_stored_event(event))
    assert again == event
    LedgerSense().problem(event)


def read_snapshot(data: bytes) -> None:
    """Read a snapshot."""
    snapshot = _SNAPSHOTS.to_domain_event(_row(data, 1))
    _SNAPSHOTS.to_stored_event(snapshot)


def _snapshots() -> list[bytes]:
    beginnings = (
        OrganizationCreated,
        EntityCreated,
        RegistryCreated,
        CollectionCreated,
        RunStarted,
    )
    found = []
    for data in _golden():
        event = _MAPPER.to_domain_event(_row(data, 1))
        if isinstance(event, beginnings):
            head = heads.project(None, [event])
            snapshot = heads.Snapshot(originator_id=_STREAM, originator_version=1, head=head)
            stored = _SNAPSHOTS.to_stored_event(snapshot)
            found.append(stored.topic.encode() + b"\n" + stored.state)
    return found


EVENTS = Target(read=read_event, seeds=_golden)
SNAPSHOTS = Target(
    read=read_snapshot,
    seeds=_snapshots,
    # One that cannot be read is passed over, and the events are read.
    permitted=(FingerpostError, heads.UnusableSnapshotError),
)
