"""The head of a collection: the state that its rules need.

It never holds the list of versions, so that a command costs the same at version 10 and at version
100,000.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, Self
from uuid import UUID

from attrs import evolve, field, frozen

from ..aggregates.aggregate import foreign
from ..errors import CollectionNotFoundError, TypeMismatchError
from ..events import (
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
from ..names.alias import LATEST, version_label

_NOT_IN_THE_HEAD: Final = (
    CollectionCreated,
    CollectionDescribed,
    CollectionTagged,
    CollectionUntagged,
    Unlinked,
    VersionDeleted,
    VersionPublished,
    VersionWithdrawn,
    VersionTagged,
    VersionUntagged,
    VersionDescribed,
    MetadataChanged,
    TtlChanged,
)
"""Events that change the read tables only."""


class CollectionKind(Enum):
    """Whether a collection's versions are logged or linked."""

    SOURCE = "source"
    REGISTRY = "registry"


@frozen(kw_only=True)
class CollectionHead:
    """State of a collection.

    Attributes:
        id: its stream.
        version: version of the last event applied.
        kind: whether versions are logged (source) or linked (registry).
        home_id: the entity or registry that holds it.
        project: its project; empty for a registry collection.
        name: its name in the project or registry.
        type: its artifact type; empty until the first link.
        next_index: N of the next version; never decreases.
        aliases: alias → index of the version that it points at.
        latest_digest: digest of the version that ``latest`` points at.
        latest_manifest: content digest of that version's manifest. It is needed too: W&B's digest
            does not cover where a reference points, and the manifest's digest does not cover how
            the content of references was hashed.
        is_deleted: whether it was deleted; a deleted collection takes no further events.
    """

    id: UUID
    version: int
    kind: CollectionKind
    home_id: UUID
    project: str
    name: str
    type: str
    next_index: int = 0
    aliases: Mapping[str, int] = field(factory=lambda: MappingProxyType({}))
    latest_digest: str | None = None
    is_deleted: bool = False
    latest_manifest: str | None = None

    @classmethod
    def begin(cls, event: CollectionCreated) -> Self:
        """Return the state after the first event."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            kind=CollectionKind(event.kind),
            home_id=event.home_id,
            project=event.project,
            name=event.name,
            type=event.type,
        )

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        head = evolve(self, version=event.originator_version)
        match event:
            case VersionLogged(index=index, digest=digest, manifest=manifest):
                head = evolve(
                    head, next_index=index + 1, latest_digest=digest, latest_manifest=manifest
                )
            case Linked(index=index, type=kind):
                head = evolve(head, next_index=index + 1, type=kind)
            case AliasMoved(alias=alias, to_version=index):
                head = evolve(head, aliases=MappingProxyType({**self.aliases, alias: index}))
            case AliasRemoved(alias=alias):
                head = head.without_alias(alias)
            case CollectionRenamed(name=name):
                head = evolve(head, name=name)
            case CollectionDeleted():
                head = evolve(head, is_deleted=True)
            case _ if not isinstance(event, _NOT_IN_THE_HEAD):
                raise foreign(event, self.id)
        return head

    def without_alias(self, alias: str) -> Self:
        """Return the state without an alias; without ``latest``, no content is latest."""
        others = {other: index for other, index in self.aliases.items() if other != alias}
        head = evolve(self, aliases=MappingProxyType(others))
        return evolve(head, latest_digest=None, latest_manifest=None) if alias == LATEST else head

    def is_latest(self, digest: str, manifest: str) -> bool:
        """Whether the version that ``latest`` points at has this digest and this manifest."""
        return (digest, manifest) == (self.latest_digest, self.latest_manifest)

    def aliases_of(self, index: int) -> tuple[str, ...]:
        """Return the aliases of a version, ``latest`` first, then by name."""
        held = [alias for alias, holder in self.aliases.items() if holder == index]
        return tuple(sorted(held, key=lambda alias: (alias != LATEST, alias)))

    @property
    def path(self) -> str:
        """``project/name``, or the name of a registry collection; for messages."""
        return f"{self.project}/{self.name}" if self.project else self.name

    def label(self, index: int) -> str:
        """Return ``project/name:vN``, for messages."""
        return f"{self.path}:{version_label(index)}"

    def require_exists(self) -> None:
        """Raise ``CollectionNotFoundError`` if the collection was deleted."""
        if self.is_deleted:
            raise CollectionNotFoundError("collection", self.path, (), "It was deleted meanwhile.")

    def require_type(self, type: str) -> None:
        """Raise ``TypeMismatchError`` if the collection has another artifact type."""
        if self.type and type != self.type:
            raise TypeMismatchError(self.path, self.type, type)
