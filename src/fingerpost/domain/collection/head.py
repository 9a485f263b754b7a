"""The head of a collection: what its rules need, and nothing else.

Never the list of versions, so that a command costs the same at version 10 and at version 100,000.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Self
from uuid import UUID

from attrs import evolve, field, frozen

from ..aggregates.aggregate import foreign
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


class CollectionKind(Enum):
    """Where versions come from."""

    SOURCE = "source"
    REGISTRY = "registry"


@frozen(kw_only=True)
class Head:
    """State of a collection.

    Attributes:
        id: its stream.
        version: version of the last event applied.
        kind: whether versions are logged (source) or linked (registry).
        home_id: the entity or registry that holds it.
        project: its project; empty for a registry collection.
        name: its name there.
        type: the artifact type it keeps; empty while nothing was linked.
        next_index: N of the next version; never goes back.
        aliases: alias → index of the version that holds it.
        latest_digest: digest of the version that ``latest`` points at.
        latest_manifest: content digest of that version's manifest. W&B's own digest does not tell
            where a reference points, and a manifest of references alone not how it was hashed.
        is_deleted: whether it was deleted; nothing follows then.
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
                head = evolve(
                    head,
                    aliases=MappingProxyType(_without(self.aliases, alias)),
                    latest_digest=None if alias == LATEST else self.latest_digest,
                    latest_manifest=None if alias == LATEST else self.latest_manifest,
                )
            case CollectionRenamed(name=name):
                head = evolve(head, name=name)
            case CollectionDeleted():
                head = evolve(head, is_deleted=True)
            case (
                CollectionCreated()
                | CollectionDescribed()
                | CollectionTagged()
                | CollectionUntagged()
                | Unlinked()
                | VersionDeleted()
                | VersionPublished()
                | VersionWithdrawn()
                | VersionTagged()
                | VersionUntagged()
                | VersionDescribed()
                | MetadataChanged()
                | TtlChanged()
            ):
                pass
            case _:
                raise foreign(event, self.id)
        return head

    def is_latest(self, digest: str, manifest: str) -> bool:
        """Whether the version that ``latest`` points at holds the same, hashed the same way."""
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


def _without(aliases: Mapping[str, int], gone: str) -> dict[str, int]:
    return {alias: index for alias, index in aliases.items() if alias != gone}
