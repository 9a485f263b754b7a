"""A short history in which every kind of event happens, for tests of event stores."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import UUID, uuid4, uuid5

from fingerpost.domain.events import (
    AccessDenied,
    AliasMoved,
    AliasRemoved,
    ApprovalsLifted,
    ApprovalsRequired,
    ApprovalWithdrawn,
    ArtifactLogged,
    ArtifactTypeLinked,
    ArtifactTypePermitted,
    ArtifactTypeWithdrawn,
    ArtifactUsed,
    AutomationChanged,
    AutomationCreated,
    AutomationDeleted,
    AutomationDisabled,
    AutomationEnabled,
    CollectionAdded,
    CollectionCreated,
    CollectionDeleted,
    CollectionDescribed,
    CollectionRenamed,
    CollectionTagged,
    CollectionUntagged,
    CommandCarriedOut,
    ContentCollected,
    DefaultRoleChanged,
    DefaultTtlChanged,
    EntityCreated,
    Event,
    Linked,
    MemberAdded,
    MemberRemoved,
    MetadataChanged,
    MetricsLogged,
    NameClaimed,
    NameReleased,
    OrganizationCreated,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    ReasonsLifted,
    ReasonsRequired,
    RegistryCreated,
    RegistryDeleted,
    RegistryDescribed,
    RoleChanged,
    RunFinished,
    RunStarted,
    SecretRemoved,
    SecretSet,
    TtlChanged,
    Unlinked,
    VersionApproved,
    VersionDeleted,
    VersionDescribed,
    VersionLogged,
    VersionPublished,
    VersionTagged,
    VersionUntagged,
    VersionWithdrawn,
    VisibilityChanged,
)
from fingerpost.domain.versions.origin import Origin

E = TypeVar("E", bound=Event)

BEGINNING: Final = datetime(2024, 3, 3, 12, 0, 0, 123_456, tzinfo=UTC)


IMPORTED: Final = Origin(
    system="mlflow",
    name="legs",
    version="4",
    created_at=BEGINNING - timedelta(days=400),
    created_by="é",
    facts={"stage": "Production", "tags": {"a": "\0"}},
)
"""What an imported version of :func:`eventful` says of itself."""


class History:
    """Makes events that continue their streams; each instance has streams and names of its own.

    Attributes:
        events: what was made, in order.
    """

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._versions: dict[UUID, int] = {}
        self._root = uuid4()

    def fork(self) -> "History":
        """Return another view of the same streams, as a second writer has it."""
        other = History()
        other._root, other._versions = self._root, dict(self._versions)
        return other

    def stream(self, name: str) -> UUID:
        """Return the identity of a stream of this history."""
        return uuid5(self._root, name)

    def unique(self, name: str) -> str:
        """Return a name that no other history has."""
        return f"{name}-{self._root.hex[:12]}"

    def add(self, kind: type[E], stream: str, /, **fields: Any) -> E:  # noqa: ANN401 - fields
        """Make the next event of a stream."""
        stream_id = self.stream(stream)
        version = self._versions[stream_id] = self._versions.get(stream_id, 0) + 1
        event = kind(
            originator_id=stream_id,
            originator_version=version,
            at=BEGINNING + timedelta(seconds=len(self.events)),
            **{"actor": "alice", **fields},
        )
        self.events.append(event)
        return event

    def claims(self, stream: str, count: int) -> list[Event]:
        """Make events of a stream that says nothing to the read tables: a name taken and freed."""
        return [self._claim(stream) for _ in range(count)]

    def _claim(self, stream: str) -> Event:
        holder_id = self.stream(f"{stream} holder")
        if self._versions.get(self.stream(stream), 0) % 2:
            return self.add(NameReleased, stream, holder_id=holder_id)
        return self.add(NameClaimed, stream, scope="test", name=stream, holder_id=holder_id)

    def organization(self) -> None:
        """Make an organization, a team and a registry."""
        name = self.unique("organization")
        self.add(OrganizationCreated, "org", name=name, entity_name=name, default_role="member")
        organization_id = self.stream("org")
        self.add(
            EntityCreated,
            "team",
            kind="team",
            name=self.unique("team"),
            organization_id=organization_id,
            owner=None,
        )
        self.add(
            RegistryCreated,
            "registry",
            organization_id=organization_id,
            name=self.unique("Registry"),
            artifact_types=("model",),
            reason="everybody needs one",
        )

    def collection(self, stream: str, kind: str = "source") -> None:
        """Make an empty collection."""
        self.add(
            CollectionCreated,
            stream,
            kind=kind,
            home_id=self.stream("team" if kind == "source" else "registry"),
            project="project" if kind == "source" else "",
            name=self.unique(stream),
            type="model",
        )

    def log(self, stream: str, index: int, **fields: Any) -> None:  # noqa: ANN401 - fields
        """Log a version, which takes ``latest``."""
        digest = f"blake3:{index:064x}"
        facts = {"digest": digest, "manifest": digest, "size_bytes": index, "file_count": 1}
        self.add(VersionLogged, stream, index=index, **{**facts, **fields})
        self.move(stream, "latest", index - 1 if index else None, index)

    def move(
        self,
        stream: str,
        alias: str,
        from_version: int | None,
        to_version: int,
        **fields: Any,  # noqa: ANN401 - fields
    ) -> AliasMoved:
        """Place or move an alias."""
        return self.add(
            AliasMoved,
            stream,
            alias=alias,
            from_version=from_version,
            to_version=to_version,
            **fields,
        )


def eventful() -> History:
    """Return a history in which every kind of event happens at least once."""
    history = History()
    history.claims("name", 3)
    history.organization()
    history.add(ArtifactTypePermitted, "registry", type="dataset")
    history.add(RegistryDescribed, "registry", description="models that are in use")
    history.add(ProtectedAliasAdded, "registry", alias="production")
    history.add(ProtectedAliasAdded, "registry", alias="gold")
    history.add(ProtectedAliasRemoved, "registry", alias="gold")
    _versions(history)
    _links(history)
    history.add(
        ContentCollected,
        "org",
        version_count=1,
        content_count=2,
        size_bytes=30,
        freed_bytes=40,
        grace_s=0,
    )
    _denial(history)
    _governance(history)
    _ends(history)
    _automations(history)
    return history


def _versions(history: History) -> None:
    run_id = history.stream("run")
    history.collection("source")
    history.add(CollectionDescribed, "source", description="weights")
    for tag in ("gone", "small", "é"):
        history.add(CollectionTagged, "source", tag=tag)
    history.add(CollectionUntagged, "source", tag="gone")
    history.add(
        RunStarted,
        "run",
        entity_id=history.stream("team"),
        project="project",
        name="train",
        job_type=None,
    )
    history.log("source", 0, description="first", metadata={"loss": 0.5, "kept": [1, None]})
    history.log("source", 1, run_id=run_id)
    history.log("source", 2, origin=IMPORTED)
    ref = {"collection_id": history.stream("source")}
    history.add(MetricsLogged, "run", step=0, metrics={"loss": 0.5}, is_complete=False)
    history.add(MetricsLogged, "run", step=0, metrics={"loss": 0.25, "note": "é"})
    history.add(MetricsLogged, "run", step=7, metrics={"loss": None})
    history.add(ArtifactLogged, "run", index=1, run_id=run_id, step=7, **ref)
    history.add(ArtifactLogged, "run", index=2, run_id=run_id, **ref)
    history.add(ArtifactUsed, "run", index=0, run_id=run_id, **ref)
    history.add(RunFinished, "run", exit_code=1)
    history.add(VersionTagged, "source", index=0, tag="small")
    history.add(VersionTagged, "source", index=0, tag="gone")
    history.add(VersionUntagged, "source", index=0, tag="gone")
    history.add(VersionDescribed, "source", index=0, description="the first")
    history.add(
        MetadataChanged, "source", index=0, changed={"f1": 1, "é": {"a": "\0"}}, removed=("loss",)
    )
    history.move("source", "best", None, 0, reason="it is")
    history.move("source", "best", 0, 1)
    moved = history.move("source", "best", 1, 2)
    history.move("source", "best", 2, 1, undoes=moved.originator_version)
    history.add(AliasRemoved, "source", alias="best", from_version=1)
    history.add(AliasRemoved, "source", alias="latest", from_version=2)
    history.add(VersionDeleted, "source", index=2)


def _links(history: History) -> None:
    source_id, target_id = history.stream("source"), history.stream("target")
    history.collection("target", "registry")
    for index in (0, 1):
        history.add(
            Linked,
            "target",
            index=index,
            source_collection_id=source_id,
            source_index=index,
            type="model",
            policy_version=6,
        )
        link = {"registry_collection_id": target_id, "link_index": index}
        history.add(VersionPublished, "source", index=index, **link)
    history.move("target", "production", None, 0, policy_version=6)
    history.add(Unlinked, "target", index=1, policy_version=6)
    history.add(VersionWithdrawn, "source", index=1, registry_collection_id=target_id, link_index=1)


def _governance(history: History) -> None:
    team = {"kind": "team", "member": history.unique("team"), "team_id": history.stream("team")}
    robot = {"kind": "service_account", "member": "ci"}
    for stream in ("org", "team", "registry"):
        history.add(MemberAdded, stream, kind="user", member="bob", role="viewer")
        history.add(
            RoleChanged, stream, kind="user", member="bob", from_role="viewer", role="admin"
        )
        history.add(MemberAdded, stream, **robot, role="member")
        history.add(MemberRemoved, stream, **robot, role="member")
    history.add(MemberAdded, "registry", **team, role="member")
    history.add(RoleChanged, "registry", **team, from_role="member", role="viewer")
    history.add(DefaultRoleChanged, "org", role=None, from_role="member")
    history.add(ArtifactTypeLinked, "registry", type="model")
    history.add(ArtifactTypeWithdrawn, "registry", type="dataset")
    history.add(CollectionAdded, "registry", collection_id=history.stream("target"))
    history.add(VisibilityChanged, "registry", visibility="restricted")
    for alias in ("production", "production", "gold"):
        history.add(ApprovalsRequired, "registry", alias=alias, count=2)
    history.add(ApprovalsLifted, "registry", alias="gold")
    history.add(ReasonsRequired, "registry", reason="auditors ask")
    _approvals(history)
    history.add(
        RegistryCreated,
        "closed",
        organization_id=history.stream("org"),
        name=history.unique("Closed"),
    )
    history.add(ReasonsRequired, "closed")
    history.add(ReasonsLifted, "closed")
    history.add(RegistryDeleted, "closed", reason="nobody uses it")


def _approvals(history: History) -> None:
    link = {"collection_id": history.stream("target"), "index": 0, "alias": "production"}
    for actor in ("bob", "carol", "bob"):
        manifest = f"blake3:{0:064x}"
        history.add(VersionApproved, "approvals", actor=actor, **link, manifest=manifest)
    history.add(ApprovalWithdrawn, "approvals", actor="carol", **link)


def _ends(history: History) -> None:
    history.add(DefaultTtlChanged, "team", duration_s=86_400)
    history.collection("old")
    history.log(
        "old", 0, base_collection_id=history.stream("source"), base_index=1, description=None
    )
    history.add(TtlChanged, "old", index=0, inherits=False, duration_s=60)
    history.add(TtlChanged, "source", index=1, inherits=False, duration_s=None)
    was, name = history.unique("old"), history.unique("older")
    history.add(CollectionRenamed, "old", name=name, from_name=was)
    history.collection("gone")
    history.log("gone", 0)
    history.add(AliasRemoved, "gone", alias="latest", from_version=0)
    history.add(CollectionDeleted, "gone", reason="nobody uses it")
    # Its name is free, and somebody takes it.
    history.add(
        CollectionCreated,
        "next",
        kind="source",
        home_id=history.stream("team"),
        project="project",
        name=history.unique("gone"),
        type="dataset",
    )


def _automations(history: History) -> None:
    webhook = {"kind": "webhook", "url": "https://ci.example.com/", "payload": {"a": [None, "é"]}}
    nothing = {"alias": None, "alias_pattern": None, "tag": None, "tag_pattern": None}
    watched = {
        "automation": ("collection", "target", "alias_added", {"alias": "production"}),
        "old automation": ("organization", "org", "version_logged", {"tag_pattern": "r*"}),
    }
    for stream, (kind, place, trigger, wanted) in watched.items():
        history.add(
            AutomationCreated,
            stream,
            scope_kind=kind,
            scope_id=history.stream(place),
            project="",
            name=stream,
            trigger=trigger,
            action=webhook,
            description="tells somebody",
            **{**nothing, **wanted},
        )
        history.add(AutomationDisabled, stream, reason="too loud")
        history.add(AutomationEnabled, stream)
    slack = {"kind": "slack", "url_secret": "CHANNEL"}
    history.add(AutomationChanged, "automation", action=slack, description=None)
    history.add(AutomationDeleted, "old automation")
    for stream in ("secret", "old secret"):
        name = stream.upper().replace(" ", "_")
        history.add(SecretSet, stream, owner_id=history.stream("org"), name=name)
        history.add(SecretSet, stream, owner_id=history.stream("org"), name=name, actor="bob")
    history.add(SecretRemoved, "old secret")


def _denial(history: History) -> None:
    history.add(
        CommandCarriedOut,
        "command",
        key="nightly",
        subject="links",
        outcome={"collection_id": history.stream("target").hex, "index": 0},
    )
    history.add(
        AccessDenied,
        "denial",
        actor="bob",
        scope_id=history.stream("registry"),
        action="protect aliases",
        target="registry",
        role="member",
        required="admin",
    )
