"""Rows of the read tables, as use cases and the API see them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from attrs import frozen

from fingerpost.domain.alias import version_label
from fingerpost.domain.collection import CollectionKind
from fingerpost.domain.events import VersionLogged
from fingerpost.domain.metadata import JsonObject
from fingerpost.domain.organization import EntityKind
from fingerpost.domain.version import Version, VersionRef


@frozen(kw_only=True)
class OrganizationRow:
    """An organization. The default one is the store's first."""

    id: UUID
    name: str
    entity_name: str


@frozen(kw_only=True)
class EntityRow:
    """A team or personal entity."""

    id: UUID
    kind: EntityKind
    name: str
    organization_id: UUID | None


@frozen(kw_only=True)
class RegistryRow:
    """A registry, with the name of its organization."""

    id: UUID
    organization_id: UUID
    organization: str
    name: str
    description: str | None
    visibility: str
    artifact_types: tuple[str, ...]
    created_at: datetime
    created_by: str


@frozen(kw_only=True)
class CollectionRow:
    """A collection and where it is.

    Attributes:
        entity: the team or personal entity, or the organization's identifier for a registry
            collection.
        project: the project, or ``wandb-registry-NAME`` for a registry collection.
        registry: the registry's name; ``None`` for a source collection.
    """

    id: UUID
    kind: CollectionKind
    home_id: UUID
    entity: str
    project: str
    registry: str | None
    name: str
    type: str
    description: str | None
    created_at: datetime
    created_by: str

    @property
    def path(self) -> str:
        """``entity/project/name``."""
        return f"{self.entity}/{self.project}/{self.name}"


@frozen(kw_only=True)
class VersionRow:
    """A version that is not deleted.

    For a link, what is said of the content (digest, size, description, metadata, tags, …) is the
    source's, and ``index``, ``created_at`` and ``created_by`` are the link's own.
    """

    collection_id: UUID
    index: int
    digest: str
    manifest: str
    size_bytes: int
    file_count: int
    type: str
    description: str | None
    metadata: JsonObject
    tags: frozenset[str]
    source: VersionRef | None
    run_id: UUID | None
    created_at: datetime
    created_by: str
    updated_at: datetime

    @property
    def ref(self) -> VersionRef:
        """Where it is."""
        return VersionRef(collection_id=self.collection_id, index=self.index)

    @property
    def label(self) -> str:
        """``vN``."""
        return version_label(self.index)

    def as_domain(self, links: tuple[VersionRef, ...] = ()) -> Version:
        """Return what the rules need to see."""
        return Version(
            index=self.index,
            digest=self.digest,
            description=self.description,
            metadata=self.metadata,
            tags=self.tags,
            source=self.source,
            links=links,
        )


@frozen(kw_only=True)
class ManifestRow:
    """A version that was logged, and the manifest that it names.

    Attributes:
        deleted_at: when it was deleted; ``None`` if it is not.
    """

    ref: VersionRef
    manifest: str
    deleted_at: datetime | None

    @classmethod
    def of(cls, event: VersionLogged) -> Self:
        """Return the row of a version that was logged a moment ago."""
        ref = VersionRef(collection_id=event.originator_id, index=event.index)
        return cls(ref=ref, manifest=event.manifest, deleted_at=None)


@frozen(kw_only=True)
class AliasChange:
    """One row of an alias's history: a placing, a move or a removal.

    Attributes:
        position: place in the ledger; it decides what came first, whatever the clocks said.
        alias: which.
        from_version: ``vN`` that held it before, or ``None`` when nothing did.
        to_version: ``vN`` that held it from then on, or ``None`` when it was removed.
        actor: on whose behalf.
        at: when, UTC.
        reason: why, where somebody said so.
        run_id: the run it was part of, if any.
        policy_version: version of the registry's policy it was decided against; ``None`` for a
            source collection.
    """

    position: int
    alias: str
    from_version: str | None
    to_version: str | None
    actor: str
    at: datetime
    reason: str | None
    run_id: UUID | None
    policy_version: int | None


@frozen(kw_only=True)
class RunRow:
    """A run."""

    id: UUID
    entity: str
    project: str
    name: str
    job_type: str | None
    actor: str
    started_at: datetime
    finished_at: datetime | None
    exit_code: int | None
