"""Database rows to the rows that the application knows."""

from datetime import timedelta
from uuid import UUID

import orjson

from fingerpost.application.read_models.rows import (
    AliasChange,
    CollectionRow,
    EntityRow,
    ExpiredVersion,
    ManifestRow,
    MetricsRow,
    OrganizationRow,
    RegistryRow,
    RunArtifactRow,
    RunRow,
    VersionRow,
)
from fingerpost.domain.collection import CollectionKind
from fingerpost.domain.names.alias import version_label
from fingerpost.domain.organization.entity import EntityKind
from fingerpost.domain.versions.ttl import TimeToLive
from fingerpost.domain.versions.version import VersionRef

from .cursor import Row, from_hex, from_micros
from .origins import origin_of


def organization(row: Row) -> OrganizationRow:
    """Convert a row of ``organizations``."""
    return OrganizationRow(id=UUID(row["id"]), name=row["name"], entity_name=row["entity_name"])


def entity(row: Row) -> EntityRow:
    """Convert a row of ``entities``."""
    return EntityRow(
        id=UUID(row["id"]),
        kind=EntityKind(row["kind"]),
        name=row["name"],
        organization_id=from_hex(row["organization_id"]),
        default_ttl_s=row["default_ttl_s"],
    )


def registry(group: list[Row]) -> RegistryRow:
    """Convert the rows of one registry, which differ in ``type`` alone."""
    row = group[0]
    return RegistryRow(
        id=UUID(row["id"]),
        organization_id=UUID(row["organization_id"]),
        organization=row["organization"],
        name=row["name"],
        description=row["description"],
        visibility=row["visibility"],
        artifact_types=tuple(each["type"] for each in group if each["type"] is not None),
        created_at=from_micros(row["created_at"]),
        created_by=row["created_by"],
        updated_at=from_micros(row["updated_at"]),
    )


def collection(row: Row) -> CollectionRow:
    """Convert a row of ``collections`` with the names of its home."""
    kind = CollectionKind(row["kind"])
    in_registry = kind is CollectionKind.REGISTRY
    return CollectionRow(
        id=UUID(row["id"]),
        position=row["position"],
        kind=kind,
        home_id=UUID(row["home_id"]),
        entity=row["organization"] if in_registry else row["entity"],
        project=f"wandb-registry-{row['registry']}" if in_registry else row["project"],
        registry=row["registry"],
        name=row["name"],
        type=row["type"],
        description=row["description"],
        # No tag holds a '/'.
        tags=frozenset(row["tags"].split("/") if row["tags"] else ()),
        created_at=from_micros(row["created_at"]),
        created_by=row["created_by"],
        updated_at=from_micros(row["updated_at"]),
        is_deleted=bool(row["is_deleted"]),
    )


def version(group: list[Row]) -> VersionRow:
    """Convert the rows of one version, which differ in ``tag`` alone."""
    row = group[0]
    source, base = from_hex(row["source_collection_id"]), from_hex(row["base_collection_id"])
    return VersionRow(
        collection_id=UUID(row["collection_id"]),
        index=row["idx"],
        digest=row["digest"],
        manifest=row["manifest"],
        size_bytes=row["size_bytes"],
        file_count=row["file_count"],
        type=row["type"],
        description=row["description"],
        metadata=orjson.loads(row["metadata"]),
        tags=frozenset(each["tag"] for each in group if each["tag"] is not None),
        source=VersionRef(collection_id=source, index=row["source_idx"]) if source else None,
        ttl=TimeToLive(inherits=bool(row["ttl_inherits"]), duration_s=row["ttl_s"]),
        default_ttl_s=row["default_ttl_s"],
        base=VersionRef(collection_id=base, index=row["base_idx"]) if base else None,
        origin=origin_of(row["origin"]),
        run_id=from_hex(row["run_id"]),
        created_at=from_micros(row["created_at"]),
        created_by=row["created_by"],
        updated_at=from_micros(row["updated_at"]),
    )


def version_ref(row: Row) -> VersionRef:
    """Convert a row with ``collection_id`` and ``idx``."""
    return VersionRef(collection_id=UUID(row["collection_id"]), index=row["idx"])


def expired(row: Row) -> ExpiredVersion:
    """Convert a row of the query for expired versions."""
    ref, logged_at = version_ref(row), from_micros(row["created_at"])
    return ExpiredVersion(
        ref=ref,
        path=f"{row['entity']}/{row['project']}/{row['name']}:{version_label(ref.index)}",
        logged_at=logged_at,
        expired_at=logged_at + timedelta(seconds=row["duration_s"]),
        size_bytes=row["size_bytes"],
    )


def alias_change(row: Row) -> AliasChange:
    """Convert a row of ``alias_history`` with the path of its run."""
    at, approved_by = from_micros(row["at"]), row["approved_by"]
    is_in_order = row["effective_at"] == row["at"]
    return AliasChange(
        position=row["position"],
        event_version=row["event_version"],
        alias=row["alias"],
        from_version=None if row["from_idx"] is None else version_label(row["from_idx"]),
        to_version=None if row["to_idx"] is None else version_label(row["to_idx"]),
        actor=row["actor"],
        at=at,
        effective_at=at if is_in_order else from_micros(row["effective_at"]),
        reason=row["reason"],
        run_id=from_hex(row["run_id"]),
        policy_version=row["policy_version"],
        # Long histories are mostly moves that needed no approval.
        approved_by=() if approved_by == "[]" else tuple(orjson.loads(approved_by)),
        undoes=row["undoes"],
        command_id=from_hex(row["command_id"]),
        run=row["run_path"],
    )


def run(row: Row) -> RunRow:
    """Convert a row of ``runs``."""
    finished = row["finished_at"]
    return RunRow(
        id=UUID(row["id"]),
        position=row["position"],
        entity_id=UUID(row["entity_id"]),
        entity=row["entity"],
        project=row["project"],
        name=row["name"],
        job_type=row["job_type"],
        actor=row["actor"],
        started_at=from_micros(row["started_at"]),
        finished_at=None if finished is None else from_micros(finished),
        exit_code=row["exit_code"],
    )


def run_artifact(row: Row) -> RunArtifactRow:
    """Convert a row of ``run_artifacts`` with what its version is a link to."""
    ref = version_ref(row)
    source = from_hex(row["source_collection_id"])
    return RunArtifactRow(
        position=row["position"],
        ref=ref,
        source=VersionRef(collection_id=source, index=row["source_idx"]) if source else ref,
        is_deleted=bool(row["is_deleted"]),
    )


def metrics(row: Row) -> MetricsRow:
    """Convert a row of ``run_metrics``."""
    return MetricsRow(step=row["step"], metrics=orjson.loads(row["metrics"]))


def manifest(row: Row) -> ManifestRow:
    """Convert what garbage collection looks at in a row of ``versions``."""
    return ManifestRow(
        ref=version_ref(row),
        manifest=row["manifest"],
        deleted_at=from_micros(row["updated_at"]) if row["is_deleted"] else None,
    )
