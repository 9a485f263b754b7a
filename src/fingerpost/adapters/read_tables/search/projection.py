"""How each event changes what is searched.

Called after the other read tables were changed, in the same transaction. An event that is not
named here says nothing that is searched.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from fingerpost.domain.events import (
    AliasMoved,
    AliasRemoved,
    CollectionCreated,
    CollectionDeleted,
    CollectionDescribed,
    CollectionRenamed,
    CollectionTagged,
    CollectionUntagged,
    Event,
    Linked,
    MetadataChanged,
    RegistryCreated,
    RegistryDeleted,
    RegistryDescribed,
    Unlinked,
    VersionDeleted,
    VersionDescribed,
    VersionLogged,
    VersionTagged,
    VersionUntagged,
)
from fingerpost.domain.filters import Kind
from fingerpost.domain.search import SearchField, metadata_text, metadata_texts

from ..cursor import Cursor
from . import items


def index_event(cursor: Cursor, position: int, event: Event) -> None:
    """Update what is searched for one event at its position in the ledger."""
    indexing = _INDEXINGS.get(type(event))
    if indexing is not None:
        indexing(cursor, position, event)


# -- registries and collections -----------------------------------------------------------------


def _registry_created(cursor: Cursor, position: int, event: RegistryCreated) -> None:
    registry_id = event.originator_id
    items.add_item(cursor, position, Kind.REGISTRY, registry_id, registry_id)
    items.set_text(cursor, position, SearchField.NAME, event.name)
    items.set_text(cursor, position, SearchField.DESCRIPTION, event.description)


def _collection_created(cursor: Cursor, position: int, event: CollectionCreated) -> None:
    items.add_item(cursor, position, Kind.COLLECTION, event.home_id, event.originator_id)
    items.set_text(cursor, position, SearchField.NAME, event.name)
    items.set_text(cursor, position, SearchField.DESCRIPTION, event.description)


def _described(cursor: Cursor, _: int, event: RegistryDescribed | CollectionDescribed) -> None:
    _set(cursor, event.originator_id, SearchField.DESCRIPTION, event.description)


def _renamed(cursor: Cursor, _: int, event: CollectionRenamed) -> None:
    _set(cursor, event.originator_id, SearchField.NAME, event.name)


def _deleted(cursor: Cursor, _: int, event: RegistryDeleted | CollectionDeleted) -> None:
    items.remove_all_of(cursor, event.originator_id)


def _collection_tagged(cursor: Cursor, _: int, event: CollectionTagged) -> None:
    item = items.item_of(cursor, event.originator_id)
    if item is not None:
        items.set_text(cursor, item, SearchField.TAG, event.tag, event.tag)


def _collection_untagged(cursor: Cursor, _: int, event: CollectionUntagged) -> None:
    item = items.item_of(cursor, event.originator_id)
    if item is not None:
        items.remove_text(cursor, item, SearchField.TAG, event.tag)


def _set(cursor: Cursor, owner_id: UUID, field: SearchField, text: str | None) -> None:
    item = items.item_of(cursor, owner_id)
    if item is not None:
        items.set_text(cursor, item, field, text)


# -- versions -----------------------------------------------------------------------------------


def _version_logged(cursor: Cursor, position: int, event: VersionLogged) -> None:
    _add_version(cursor, position, event)
    items.set_text(cursor, position, SearchField.DESCRIPTION, event.description)
    for key, text in metadata_texts(event.metadata).items():
        items.set_text(cursor, position, SearchField.METADATA, text, key)


def _linked(cursor: Cursor, position: int, event: Linked) -> None:
    _add_version(cursor, position, event)
    source = items.item_of(cursor, event.source_collection_id, event.source_index)
    if source is not None:
        items.copy_texts(cursor, source, position)


def _add_version(cursor: Cursor, position: int, event: VersionLogged | Linked) -> None:
    collection_id = event.originator_id
    home_id = items.home_of(cursor, collection_id)
    items.add_item(cursor, position, Kind.VERSION, home_id, collection_id, event.index)


def _version_gone(cursor: Cursor, _: int, event: VersionDeleted | Unlinked) -> None:
    item = items.item_of(cursor, event.originator_id, event.index)
    if item is not None:
        items.remove_item(cursor, item)


def _version_described(cursor: Cursor, _: int, event: VersionDescribed) -> None:
    for item in _with_links(cursor, event):
        items.set_text(cursor, item, SearchField.DESCRIPTION, event.description)


def _version_tagged(cursor: Cursor, _: int, event: VersionTagged) -> None:
    for item in _with_links(cursor, event):
        items.set_text(cursor, item, SearchField.TAG, event.tag, event.tag)


def _version_untagged(cursor: Cursor, _: int, event: VersionUntagged) -> None:
    for item in _with_links(cursor, event):
        items.remove_text(cursor, item, SearchField.TAG, event.tag)


def _metadata_changed(cursor: Cursor, _: int, event: MetadataChanged) -> None:
    for item in _with_links(cursor, event):
        for key in event.removed:
            items.remove_text(cursor, item, SearchField.METADATA, key)
        for key, value in event.changed.items():
            items.set_text(cursor, item, SearchField.METADATA, metadata_text(key, value), key)


def _with_links(
    cursor: Cursor,
    event: VersionDescribed | VersionTagged | VersionUntagged | MetadataChanged,
) -> Iterator[int]:
    """Iterate over a version that an event is about, and the links to it."""
    own = items.item_of(cursor, event.originator_id, event.index)
    cursor.execute(
        "SELECT position FROM versions "
        "WHERE source_collection_id=? AND source_idx=? AND is_deleted=0 ORDER BY position",
        (event.originator_id.hex, event.index),
    )
    links = [int(row[0]) for row in cursor.fetchall()]
    yield from links if own is None else [own, *links]


# -- aliases ------------------------------------------------------------------------------------


def _alias_moved(cursor: Cursor, _: int, event: AliasMoved) -> None:
    # To the new version first: the text stays in use, and the index as it is.
    item = items.item_of(cursor, event.originator_id, event.to_version)
    if item is not None:
        items.set_text(cursor, item, SearchField.ALIAS, event.alias, event.alias)
    if event.from_version != event.to_version:
        _take_alias(cursor, event)


def _alias_removed(cursor: Cursor, _: int, event: AliasRemoved) -> None:
    _take_alias(cursor, event)


def _take_alias(cursor: Cursor, event: AliasMoved | AliasRemoved) -> None:
    if event.from_version is None:
        return
    item = items.item_of(cursor, event.originator_id, event.from_version)
    if item is not None:
        items.remove_text(cursor, item, SearchField.ALIAS, event.alias)


_INDEXINGS: Final[Mapping[type[Event], Callable[[Cursor, int, Any], None]]] = MappingProxyType(
    {
        RegistryCreated: _registry_created,
        RegistryDescribed: _described,
        RegistryDeleted: _deleted,
        CollectionCreated: _collection_created,
        CollectionDescribed: _described,
        CollectionRenamed: _renamed,
        CollectionTagged: _collection_tagged,
        CollectionUntagged: _collection_untagged,
        CollectionDeleted: _deleted,
        VersionLogged: _version_logged,
        VersionDescribed: _version_described,
        VersionTagged: _version_tagged,
        VersionUntagged: _version_untagged,
        MetadataChanged: _metadata_changed,
        VersionDeleted: _version_gone,
        Linked: _linked,
        Unlinked: _version_gone,
        AliasMoved: _alias_moved,
        AliasRemoved: _alias_removed,
    }
)
