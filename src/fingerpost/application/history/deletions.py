"""Who deleted a version, and what it was called: the ledger knows."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from attrs import evolve, frozen

from fingerpost.domain.events import CollectionCreated, Event, VersionDeleted
from fingerpost.domain.names.alias import version_label
from fingerpost.domain.versions.version import VersionRef

from ..read_models.rows import ManifestRow
from ..store import Store


@frozen(kw_only=True)
class Deletion:
    """A version's name, who deleted it and why, as far as the ledger says so."""

    name: str
    by: str | None = None
    reason: str | None = None


def deletions(store: Store, rows: Iterable[ManifestRow]) -> Mapping[VersionRef, Deletion]:
    """Return what is known of the versions' deletions; reads each collection's stream once."""
    wanted: dict[UUID, dict[int, datetime | None]] = {}
    for row in rows:
        wanted.setdefault(row.ref.collection_id, {})[row.ref.index] = row.deleted_at
    found: dict[VersionRef, Deletion] = {}
    for collection_id, versions in wanted.items():
        found |= _of_collection(store, collection_id, versions)
    return found


def _of_collection(
    store: Store, collection_id: UUID, versions: Mapping[int, datetime | None]
) -> dict[VersionRef, Deletion]:
    path = str(collection_id)
    by_index: dict[int, Event] = {}
    by_moment: dict[datetime, Event] = {}
    moments = set(versions.values())
    for event in store.events.stream(collection_id):
        match event:
            case CollectionCreated():
                path = _path(store, event)
            case VersionDeleted(index=index) if index in versions:
                by_index[index] = event
            case _ if event.at in moments:
                # Such as the deletion of the whole collection.
                by_moment[event.at] = event
    found = {}
    for index, at in versions.items():
        event_or_none = by_index.get(index) or (by_moment.get(at) if at else None)
        known = Deletion(name=f"{path}:{version_label(index)}")
        if event_or_none is not None:
            known = evolve(known, by=event_or_none.actor, reason=event_or_none.reason)
        found[VersionRef(collection_id=collection_id, index=index)] = known
    return found


def _path(store: Store, created: CollectionCreated) -> str:
    row = store.queries.collection(created.originator_id)
    # A collection that was deleted as a whole has a stream, and perhaps no row.
    return row.path if row is not None else f"{created.project}/{created.name}"
