"""Rows of the read tables, as use cases and the API see them."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from attrs import frozen

from fingerpost.domain.collection import CollectionKind
from fingerpost.domain.events import VersionLogged
from fingerpost.domain.metadata.metadata import JsonObject
from fingerpost.domain.names.alias import version_label
from fingerpost.domain.organization.entity import EntityKind
from fingerpost.domain.versions.origin import Origin
from fingerpost.domain.versions.ttl import TimeToLive
from fingerpost.domain.versions.version import Version, VersionRef

from ..json_form import JsonForm


@frozen(kw_only=True)
class OrganizationRow:
    """An organization. The default one is the store's first."""

    id: UUID
    name: str
    entity_name: str


@frozen(kw_only=True)
class EntityRow:
    """A team or personal entity.

    Attributes:
        default_ttl_s: for how many seconds versions are kept of which nobody said otherwise;
            ``None`` keeps them for ever.
    """

    id: UUID
    kind: EntityKind
    name: str
    organization_id: UUID | None
    default_ttl_s: int | None


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
    updated_at: datetime


@frozen(kw_only=True)
class CollectionRow:
    """A collection and where it is.

    Attributes:
        entity: the team or personal entity, or the organization's identifier for a registry
            collection.
        project: the project, or ``wandb-registry-NAME`` for a registry collection.
        registry: the registry's name; ``None`` for a source collection.
        tags: those of the collection, not of its versions.
        is_deleted: whether it was deleted; only the history still speaks of it then.
        position: place of its beginning in the ledger.
    """

    id: UUID
    position: int
    kind: CollectionKind
    home_id: UUID
    entity: str
    project: str
    registry: str | None
    name: str
    type: str
    description: str | None
    tags: frozenset[str]
    created_at: datetime
    created_by: str
    updated_at: datetime
    is_deleted: bool

    @property
    def path(self) -> str:
        """``entity/project/name``."""
        return f"{self.entity}/{self.project}/{self.name}"


@frozen(kw_only=True)
class VersionRow:
    """A version that is not deleted.

    For a link, what is said of the content (digest, size, description, metadata, tags, …) is the
    source's, and ``index``, ``created_at`` and ``created_by`` are the link's own.

    Attributes:
        ttl: what was said of how long it is kept.
        default_ttl_s: the default of the entity that it was logged under, in seconds.
        base: the version that it was made from as a new draft, if any; it may be deleted.
        origin: what another registry said of it, if it was imported from there.
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
    ttl: TimeToLive
    default_ttl_s: int | None
    base: VersionRef | None
    origin: Origin | None
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

    def as_domain(self, links: tuple[str, ...] = ()) -> Version:
        """Return what the rules need to see."""
        return Version(
            index=self.index,
            digest=self.digest,
            description=self.description,
            metadata=self.metadata,
            tags=self.tags,
            source=self.source,
            links=links,
            ttl=self.ttl,
        )


@frozen(kw_only=True)
class ExpiredVersion(JsonForm):
    """A version whose time to live has passed, and that nothing holds.

    Attributes:
        ref: where it is.
        path: ``entity/project/name:vN``.
        logged_at: when it was logged, UTC.
        expired_at: when its time to live ended, UTC.
        size_bytes: its total size, references included.
    """

    _json_keys: ClassVar = {"path": "version", "ref": None}

    ref: VersionRef
    path: str
    logged_at: datetime
    expired_at: datetime
    size_bytes: int


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
class AliasChange(JsonForm):
    """One row of an alias's history: a placing, a move or a removal.

    Attributes:
        position: place in the ledger; it decides what came first, whatever the clocks said.
        event_version: place of the event in the collection's stream.
        alias: which.
        from_version: ``vN`` that held it before, or ``None`` when nothing did.
        to_version: ``vN`` that held it from then on, or ``None`` when it was removed.
        actor: on whose behalf.
        at: when, UTC, by the clock of the machine that made it.
        effective_at: when it counts from: ``at``, or where that lies before a change that came
            first, when that one counts from. It never goes back along the positions.
        reason: why, where somebody said so.
        run_id: the run it was part of, if any.
        policy_version: version of the registry's policy it was decided against; ``None`` for a
            source collection.
        approved_by: who else had approved it, as far as that counted then; sorted.
        undoes: of a rollback, the position of the oldest change that it undid; every later one of
            the alias was undone with it, or before.
        command_id: the command that it came of: what else has it was done with it, all or nothing.
            ``None`` for what was done before commands were recorded.
        run: path of the run, ``entity/project/id``; ``None`` if it was part of none.
    """

    _json_keys: ClassVar = {
        "event_version": None,
        "run_id": None,
        "command_id": "command",
    }

    position: int
    event_version: int
    alias: str
    from_version: str | None
    to_version: str | None
    actor: str
    at: datetime
    effective_at: datetime
    reason: str | None
    run_id: UUID | None
    policy_version: int | None
    approved_by: tuple[str, ...] = ()
    undoes: int | None = None
    command_id: UUID | None = None
    run: str | None = None

    @property
    def is_rollback(self) -> bool:
        """Whether it was made by undoing earlier changes."""
        return self.undoes is not None


@frozen(kw_only=True)
class RunRow:
    """A run.

    Attributes:
        position: place of its beginning in the ledger.
        entity_id: the entity that it is in.
    """

    id: UUID
    position: int
    entity_id: UUID
    entity: str
    project: str
    name: str
    job_type: str | None
    actor: str
    started_at: datetime
    finished_at: datetime | None
    exit_code: int | None

    @property
    def state(self) -> str:
        """``running``, ``finished``, or ``failed`` when it ended with an exit code but 0."""
        if self.finished_at is None:
            return "running"
        return "failed" if self.exit_code else "finished"

    @property
    def path(self) -> str:
        """``entity/project/id``."""
        return f"{self.entity}/{self.project}/{self.id.hex}"


@frozen(kw_only=True)
class RunArtifactRow:
    """A version that a run logged or used, whatever became of it since.

    Attributes:
        position: place in the ledger, where the run noted it.
        ref: what was noted: a version, or a link.
        source: the logged version: that of a link, else the same as ``ref``.
        is_deleted: whether that version was deleted.
    """

    position: int
    ref: VersionRef
    source: VersionRef
    is_deleted: bool


@frozen(kw_only=True)
class MetricsRow:
    """What a run noted at one step."""

    step: int
    metrics: JsonObject
