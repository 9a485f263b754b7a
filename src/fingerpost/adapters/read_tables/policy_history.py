"""The histories of registries and organizations: which events they tell of, and where."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import orjson
from attrs import fields

from fingerpost.domain.collection import CollectionKind
from fingerpost.domain.events import (
    ApprovalsLifted,
    ApprovalsRequired,
    ArtifactTypeLinked,
    ArtifactTypePermitted,
    ArtifactTypeWithdrawn,
    CollectionCreated,
    CollectionDeleted,
    CollectionRenamed,
    ContentCollected,
    DefaultRoleChanged,
    EntityCreated,
    Event,
    MemberAdded,
    MemberRemoved,
    OrganizationCreated,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    ReasonsLifted,
    ReasonsRequired,
    RegistryCreated,
    RegistryDeleted,
    RegistryDescribed,
    RoleChanged,
    VisibilityChanged,
)

from .cursor import Cursor, to_micros

Told = tuple[list[UUID], Mapping[str, object]]
"""Of what the event is told, and facts that it does not have itself."""

_SHARED: Final = frozenset(field.name for field in fields(Event))


def note_policy(cursor: Cursor, position: int, event: Event) -> None:
    """Add an event to the histories of the registries and organizations that it is about."""
    told = _TOLD.get(type(event))
    if told is None:
        return
    scopes, more = told(cursor, event)
    own = {each.name: getattr(event, each.name) for each in fields(type(event))}
    facts = {name: value for name, value in own.items() if name not in _SHARED}
    for scope_id in scopes:
        cursor.execute(
            "INSERT INTO policy_history (scope_id, position, at, actor, reason, what, facts) "
            "VALUES (?,?,?,?,?,?,?)",
            (
                scope_id.hex,
                position,
                to_micros(event.at),
                event.actor,
                event.reason,
                event.wire_name,
                orjson.dumps({**facts, **more}).decode(),
            ),
        )


def _its_own(_: Cursor, event: Event) -> Told:
    return [event.originator_id], {}


def _registry_created(_: Cursor, event: RegistryCreated) -> Told:
    return [event.originator_id, event.organization_id], {}


def _registry_deleted(cursor: Cursor, event: RegistryDeleted) -> Told:
    cursor.execute(
        "SELECT organization_id, name FROM registries WHERE id=?", (event.originator_id.hex,)
    )
    organization_id, name = cursor.fetchone()
    return [event.originator_id, UUID(organization_id)], {"name": name}


def _entity_created(_: Cursor, event: EntityCreated) -> Told:
    # A personal entity belongs to no organization.
    return ([] if event.organization_id is None else [event.organization_id]), {}


def _collection_created(_: Cursor, event: CollectionCreated) -> Told:
    return ([event.home_id] if event.kind == CollectionKind.REGISTRY.value else []), {}


def _collection_changed(cursor: Cursor, event: CollectionRenamed | CollectionDeleted) -> Told:
    cursor.execute(
        "SELECT kind, home_id, name FROM collections WHERE id=?", (event.originator_id.hex,)
    )
    kind, home_id, name = cursor.fetchone()
    is_published = kind == CollectionKind.REGISTRY.value
    return ([UUID(home_id)] if is_published else []), {"name": name}


_TOLD: Final[Mapping[type[Event], Callable[[Cursor, Any], Told]]] = MappingProxyType(
    {
        RegistryCreated: _registry_created,
        RegistryDeleted: _registry_deleted,
        EntityCreated: _entity_created,
        CollectionCreated: _collection_created,
        CollectionRenamed: _collection_changed,
        CollectionDeleted: _collection_changed,
        **dict.fromkeys(
            (
                OrganizationCreated,
                DefaultRoleChanged,
                ContentCollected,
                ArtifactTypePermitted,
                ArtifactTypeWithdrawn,
                ArtifactTypeLinked,
                ProtectedAliasAdded,
                ProtectedAliasRemoved,
                RegistryDescribed,
                VisibilityChanged,
                ApprovalsRequired,
                ApprovalsLifted,
                ReasonsRequired,
                ReasonsLifted,
                MemberAdded,
                RoleChanged,
                MemberRemoved,
            ),
            _its_own,
        ),
    }
)
