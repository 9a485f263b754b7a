"""How each event changes the read tables.

Called inside the transaction that stores the event, and by a rebuild: the same code, so that live
and rebuilt tables cannot differ.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

import orjson

from fingerpost.domain.events import (
    AccessDenied,
    AliasMoved,
    AliasRemoved,
    ArtifactLogged,
    ArtifactTypePermitted,
    ArtifactUsed,
    CollectionCreated,
    CollectionDeleted,
    CollectionDescribed,
    CollectionRenamed,
    CollectionTagged,
    CollectionUntagged,
    CommandCarriedOut,
    ContentCollected,
    DefaultTtlChanged,
    EntityCreated,
    Event,
    Linked,
    MetadataChanged,
    MetricsLogged,
    NameClaimed,
    NameReleased,
    OrganizationCreated,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    RegistryCreated,
    RegistryDescribed,
    RunFinished,
    RunStarted,
    TtlChanged,
    Unlinked,
    VersionDeleted,
    VersionDescribed,
    VersionLogged,
    VersionPublished,
    VersionTagged,
    VersionUntagged,
    VersionWithdrawn,
)
from fingerpost.domain.names.names import RegistryName

from .alias_history import add_alias_change
from .automation_projection import AUTOMATION_PROJECTIONS
from .changes import note_change
from .cursor import Cursor, to_hex, to_micros
from .governance import GOVERNANCE, add_first_admin
from .origins import origin_columns
from .policy_history import note_policy
from .search.projection import index_event


def apply_event(cursor: Cursor, position: int, event: Event) -> None:
    """Update the read tables for one event at its position in the ledger."""
    _PROJECTIONS[type(event)](cursor, position, event)
    note_change(cursor, event)
    note_policy(cursor, position, event)
    index_event(cursor, position, event)


# -- organizations and registries ---------------------------------------------------------------


def _organization_created(cursor: Cursor, position: int, event: OrganizationCreated) -> None:
    cursor.execute(
        "INSERT INTO organizations (id, position, name, entity_name, default_role) "
        "VALUES (?,?,?,?,?)",
        (
            event.originator_id.hex,
            position,
            event.name,
            event.entity_name,
            event.default_role,
        ),
    )
    add_first_admin(cursor, event)


def _entity_created(cursor: Cursor, _: int, event: EntityCreated) -> None:
    cursor.execute(
        "INSERT INTO entities (id, kind, name, organization_id, owner) VALUES (?,?,?,?,?)",
        (
            event.originator_id.hex,
            event.kind,
            event.name,
            to_hex(event.organization_id),
            event.owner,
        ),
    )


def _default_ttl_changed(cursor: Cursor, _: int, event: DefaultTtlChanged) -> None:
    cursor.execute(
        "UPDATE entities SET default_ttl_s=? WHERE id=?",
        (event.duration_s, event.originator_id.hex),
    )


def _registry_created(cursor: Cursor, position: int, event: RegistryCreated) -> None:
    cursor.execute(
        "INSERT INTO registries (id, organization_id, name, name_key, description, visibility, "
        "created_at, created_by, updated_at, position, is_deleted) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,0)",
        (
            event.originator_id.hex,
            event.organization_id.hex,
            event.name,
            RegistryName(event.name).key,
            event.description,
            event.visibility,
            to_micros(event.at),
            event.actor,
            to_micros(event.at),
            position,
        ),
    )
    for kind in event.artifact_types:
        _permit(cursor, event.originator_id, kind)


def _permit(cursor: Cursor, registry_id: UUID, kind: str) -> None:
    cursor.execute(
        "INSERT INTO registry_types (registry_id, type) VALUES (?,?)", (registry_id.hex, kind)
    )


def _artifact_type_permitted(cursor: Cursor, _: int, event: ArtifactTypePermitted) -> None:
    _permit(cursor, event.originator_id, event.type)


def _registry_described(cursor: Cursor, _: int, event: RegistryDescribed) -> None:
    cursor.execute(
        "UPDATE registries SET description=? WHERE id=?",
        (event.description, event.originator_id.hex),
    )


def _protected_alias_added(cursor: Cursor, _: int, event: ProtectedAliasAdded) -> None:
    cursor.execute(
        "INSERT INTO protected_aliases (registry_id, alias) VALUES (?,?)",
        (event.originator_id.hex, event.alias),
    )


def _protected_alias_removed(cursor: Cursor, _: int, event: ProtectedAliasRemoved) -> None:
    cursor.execute(
        "DELETE FROM protected_aliases WHERE registry_id=? AND alias=?",
        (event.originator_id.hex, event.alias),
    )


def _access_denied(cursor: Cursor, position: int, event: AccessDenied) -> None:
    cursor.execute(
        "INSERT INTO denials (position, scope_id, actor, action, target, role, required, at) "
        "VALUES (?,?,?,?,?,?,?,?)",
        (
            position,
            event.scope_id.hex,
            event.actor,
            event.action,
            event.target,
            event.role,
            event.required,
            to_micros(event.at),
        ),
    )


# -- collections and versions -------------------------------------------------------------------


def _collection_created(cursor: Cursor, position: int, event: CollectionCreated) -> None:
    cursor.execute(
        "INSERT INTO collections (id, kind, home_id, project, name, type, description, created_at, "
        "created_by, updated_at, position, is_deleted) VALUES (?,?,?,?,?,?,?,?,?,?,?,0)",
        (
            event.originator_id.hex,
            event.kind,
            event.home_id.hex,
            event.project,
            event.name,
            event.type,
            event.description,
            to_micros(event.at),
            event.actor,
            to_micros(event.at),
            position,
        ),
    )


def _collection_described(cursor: Cursor, _: int, event: CollectionDescribed) -> None:
    cursor.execute(
        "UPDATE collections SET description=? WHERE id=?",
        (event.description, event.originator_id.hex),
    )


def _collection_tagged(cursor: Cursor, _: int, event: CollectionTagged) -> None:
    cursor.execute(
        "INSERT INTO collection_tags (collection_id, tag) VALUES (?,?)",
        (event.originator_id.hex, event.tag),
    )


def _collection_untagged(cursor: Cursor, _: int, event: CollectionUntagged) -> None:
    cursor.execute(
        "DELETE FROM collection_tags WHERE collection_id=? AND tag=?",
        (event.originator_id.hex, event.tag),
    )


def _collection_renamed(cursor: Cursor, _: int, event: CollectionRenamed) -> None:
    cursor.execute(
        "UPDATE collections SET name=? WHERE id=?", (event.name, event.originator_id.hex)
    )


def _collection_deleted(cursor: Cursor, _: int, event: CollectionDeleted) -> None:
    collection_id = event.originator_id.hex
    cursor.execute("UPDATE collections SET is_deleted=1 WHERE id=?", (collection_id,))
    cursor.execute(
        "UPDATE versions SET is_deleted=1, updated_at=? WHERE collection_id=? AND is_deleted=0",
        (to_micros(event.at), collection_id),
    )


def _version_logged(cursor: Cursor, position: int, event: VersionLogged) -> None:
    cursor.execute(
        "INSERT INTO versions (collection_id, idx, position, digest, manifest, size_bytes, "
        "file_count, description, metadata, base_collection_id, base_idx, run_id, origin, "
        "origin_key, created_at, created_by, updated_at, is_deleted) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0)",
        (
            event.originator_id.hex,
            event.index,
            position,
            event.digest,
            event.manifest,
            event.size_bytes,
            event.file_count,
            event.description,
            orjson.dumps(event.metadata).decode(),
            to_hex(event.base_collection_id),
            event.base_index,
            to_hex(event.run_id),
            *origin_columns(event.origin),
            to_micros(event.at),
            event.actor,
            to_micros(event.at),
        ),
    )


def _linked(cursor: Cursor, position: int, event: Linked) -> None:
    cursor.execute(
        "INSERT INTO versions (collection_id, idx, position, source_collection_id, source_idx, "
        "run_id, created_at, created_by, updated_at, is_deleted) VALUES (?,?,?,?,?,?,?,?,?,0)",
        (
            event.originator_id.hex,
            event.index,
            position,
            event.source_collection_id.hex,
            event.source_index,
            to_hex(event.run_id),
            to_micros(event.at),
            event.actor,
            to_micros(event.at),
        ),
    )
    cursor.execute(
        "UPDATE collections SET type=? WHERE id=? AND type<>?",
        (event.type, event.originator_id.hex, event.type),
    )


def _version_gone(cursor: Cursor, _: int, event: VersionDeleted | Unlinked) -> None:
    cursor.execute(
        "UPDATE versions SET is_deleted=1, updated_at=? WHERE collection_id=? AND idx=?",
        (to_micros(event.at), event.originator_id.hex, event.index),
    )


def _version_described(cursor: Cursor, _: int, event: VersionDescribed) -> None:
    cursor.execute(
        "UPDATE versions SET description=?, updated_at=? WHERE collection_id=? AND idx=?",
        (event.description, to_micros(event.at), event.originator_id.hex, event.index),
    )


def _metadata_changed(cursor: Cursor, _: int, event: MetadataChanged) -> None:
    key = (event.originator_id.hex, event.index)
    cursor.execute("SELECT metadata FROM versions WHERE collection_id=? AND idx=?", key)
    metadata = orjson.loads(cursor.fetchone()[0])
    kept = {name: value for name, value in metadata.items() if name not in event.removed}
    cursor.execute(
        "UPDATE versions SET metadata=?, updated_at=? WHERE collection_id=? AND idx=?",
        (orjson.dumps({**kept, **event.changed}).decode(), to_micros(event.at), *key),
    )


def _ttl_changed(cursor: Cursor, _: int, event: TtlChanged) -> None:
    cursor.execute(
        "UPDATE versions SET ttl_inherits=?, ttl_s=?, updated_at=? WHERE collection_id=? AND idx=?",
        (
            int(event.inherits),
            event.duration_s,
            to_micros(event.at),
            event.originator_id.hex,
            event.index,
        ),
    )


def _version_published(cursor: Cursor, _: int, event: VersionPublished) -> None:
    # What is published is kept, and stays kept when the link is taken away.
    cursor.execute(
        "UPDATE versions SET ttl_inherits=0, ttl_s=NULL WHERE collection_id=? AND idx=?",
        (event.originator_id.hex, event.index),
    )


def _version_tagged(cursor: Cursor, _: int, event: VersionTagged) -> None:
    cursor.execute(
        "INSERT INTO version_tags (collection_id, idx, tag) VALUES (?,?,?)",
        (event.originator_id.hex, event.index, event.tag),
    )


def _version_untagged(cursor: Cursor, _: int, event: VersionUntagged) -> None:
    cursor.execute(
        "DELETE FROM version_tags WHERE collection_id=? AND idx=? AND tag=?",
        (event.originator_id.hex, event.index, event.tag),
    )


def _alias_moved(cursor: Cursor, position: int, event: AliasMoved) -> None:
    cursor.execute(
        "INSERT INTO aliases (collection_id, alias, idx) VALUES (?,?,?) "
        "ON CONFLICT (collection_id, alias) DO UPDATE SET idx=excluded.idx",
        (event.originator_id.hex, event.alias, event.to_version),
    )
    add_alias_change(cursor, position, event, event.to_version)


def _alias_removed(cursor: Cursor, position: int, event: AliasRemoved) -> None:
    cursor.execute(
        "DELETE FROM aliases WHERE collection_id=? AND alias=?",
        (event.originator_id.hex, event.alias),
    )
    add_alias_change(cursor, position, event, None)


# -- runs ---------------------------------------------------------------------------------------


def _run_started(cursor: Cursor, position: int, event: RunStarted) -> None:
    cursor.execute(
        "INSERT INTO runs (id, entity_id, project, name, job_type, actor, started_at, position) "
        "VALUES (?,?,?,?,?,?,?,?)",
        (
            event.originator_id.hex,
            event.entity_id.hex,
            event.project,
            event.name,
            event.job_type,
            event.actor,
            to_micros(event.at),
            position,
        ),
    )


def _artifact_logged(cursor: Cursor, position: int, event: ArtifactLogged) -> None:
    _add_run_artifact(cursor, position, event, "output", event.step)


def _artifact_used(cursor: Cursor, position: int, event: ArtifactUsed) -> None:
    _add_run_artifact(cursor, position, event, "input", None)


def _add_run_artifact(
    cursor: Cursor,
    position: int,
    event: ArtifactLogged | ArtifactUsed,
    direction: str,
    step: int | None,
) -> None:
    version = (event.collection_id.hex, event.index)
    cursor.execute(
        "INSERT INTO run_artifacts (run_id, direction, collection_id, idx, position, step) "
        "VALUES (?,?,?,?,?,?)",
        (event.originator_id.hex, direction, *version, position, step),
    )


def _metrics_logged(cursor: Cursor, _: int, event: MetricsLogged) -> None:
    if not event.metrics:
        return
    key = (event.originator_id.hex, event.step)
    cursor.execute("SELECT metrics FROM run_metrics WHERE run_id=? AND step=?", key)
    row = cursor.fetchone()
    there = orjson.loads(row[0]) if row else {}
    cursor.execute(
        "INSERT INTO run_metrics (run_id, step, metrics) VALUES (?,?,?) "
        "ON CONFLICT (run_id, step) DO UPDATE SET metrics=excluded.metrics",
        (*key, orjson.dumps({**there, **event.metrics}).decode()),
    )


def _run_finished(cursor: Cursor, _: int, event: RunFinished) -> None:
    cursor.execute(
        "UPDATE runs SET finished_at=?, exit_code=? WHERE id=?",
        (to_micros(event.at), event.exit_code, event.originator_id.hex),
    )


def _nothing(_: Cursor, __: int, ___: Event) -> None:
    """Leave the tables alone: the event says nothing that is asked of them."""


_PROJECTIONS: Final[Mapping[type[Event], Callable[[Cursor, int, Any], None]]] = MappingProxyType(
    {
        OrganizationCreated: _organization_created,
        ContentCollected: _nothing,
        EntityCreated: _entity_created,
        DefaultTtlChanged: _default_ttl_changed,
        NameClaimed: _nothing,
        NameReleased: _nothing,
        AccessDenied: _access_denied,
        CommandCarriedOut: _nothing,
        RegistryCreated: _registry_created,
        ArtifactTypePermitted: _artifact_type_permitted,
        ProtectedAliasAdded: _protected_alias_added,
        ProtectedAliasRemoved: _protected_alias_removed,
        RegistryDescribed: _registry_described,
        CollectionCreated: _collection_created,
        CollectionDescribed: _collection_described,
        CollectionTagged: _collection_tagged,
        CollectionUntagged: _collection_untagged,
        CollectionRenamed: _collection_renamed,
        CollectionDeleted: _collection_deleted,
        VersionLogged: _version_logged,
        VersionDescribed: _version_described,
        VersionTagged: _version_tagged,
        VersionUntagged: _version_untagged,
        MetadataChanged: _metadata_changed,
        TtlChanged: _ttl_changed,
        VersionDeleted: _version_gone,
        VersionPublished: _version_published,
        VersionWithdrawn: _nothing,
        Linked: _linked,
        Unlinked: _version_gone,
        AliasMoved: _alias_moved,
        AliasRemoved: _alias_removed,
        RunStarted: _run_started,
        ArtifactLogged: _artifact_logged,
        ArtifactUsed: _artifact_used,
        MetricsLogged: _metrics_logged,
        RunFinished: _run_finished,
        **GOVERNANCE,
        **AUTOMATION_PROJECTIONS,
    }
)
