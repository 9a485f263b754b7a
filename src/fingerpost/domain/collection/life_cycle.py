"""The rules for creating, describing, tagging, renaming and deleting a whole collection."""

from collections.abc import Iterable
from uuid import UUID

from ..aggregates.aggregate import Recording, envelope
from ..aggregates.permissions import Action, Authority
from ..events import (
    CollectionCreated,
    CollectionDeleted,
    CollectionDescribed,
    CollectionRenamed,
    CollectionTagged,
    CollectionUntagged,
    Event,
)
from ..names.names import Tag
from .alias_steps import remove
from .head import CollectionHead, CollectionKind


def create(
    stream_id: UUID,
    *,
    kind: CollectionKind,
    home_id: UUID,
    project: str,
    name: str,
    type: str,
    authority: Authority,
    description: str | None,
) -> CollectionCreated:
    """See :meth:`.Collection.create`."""
    authority.require(Action.CREATE_COLLECTION)
    return CollectionCreated(
        **envelope(stream_id, 1, authority.by),
        kind=kind.value,
        home_id=home_id,
        project=project,
        name=name,
        type=type,
        description=description,
    )


def describe(
    head: CollectionHead, description: str | None, current: str | None, authority: Authority
) -> list[Event]:
    """See :meth:`.Collection.describe`."""
    authority.require(Action.DESCRIBE)
    head.require_exists()
    recording = Recording(head, authority.by)
    if description != current:
        recording.add(CollectionDescribed(**recording.envelope(), description=description))
    return recording.events


def retag(
    head: CollectionHead,
    add: Iterable[Tag],
    remove: Iterable[Tag],
    current: frozenset[str],
    authority: Authority,
) -> list[Event]:
    """See :meth:`.Collection.retag`."""
    authority.require(Action.DESCRIBE)
    head.require_exists()
    recording, added = Recording(head, authority.by), frozenset(add)
    for tag in sorted((frozenset(remove) - added) & current):
        recording.add(CollectionUntagged(**recording.envelope(), tag=str(tag)))
    for tag in sorted(added - current):
        recording.add(CollectionTagged(**recording.envelope(), tag=str(tag)))
    return recording.events


def rename(head: CollectionHead, name: str, authority: Authority) -> list[Event]:
    """See :meth:`.Collection.rename`."""
    has_protected = _holds_protected_alias(head, authority)
    authority.require(Action.RENAME_PROTECTED if has_protected else Action.RENAME_COLLECTION)
    head.require_exists()
    recording = Recording(head, authority.by)
    if name != head.name:
        recording.add(CollectionRenamed(**recording.envelope(), name=name, from_name=head.name))
    return recording.events


def delete(head: CollectionHead, authority: Authority) -> list[Event]:
    """See :meth:`.Collection.delete`."""
    has_protected = _holds_protected_alias(head, authority)
    authority.require(Action.DELETE_PROTECTED if has_protected else Action.DELETE_COLLECTION)
    head.require_exists()
    recording = Recording(head, authority.by)
    for alias in sorted(head.aliases):
        remove(recording, alias, authority)
    recording.add(CollectionDeleted(**recording.envelope()))
    return recording.events


def _holds_protected_alias(head: CollectionHead, authority: Authority) -> bool:
    return bool(authority.protected & head.aliases.keys())
