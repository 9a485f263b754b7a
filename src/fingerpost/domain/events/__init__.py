"""All events, and the one table from wire name to class."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .base import Envelope, Event
from .collection import (
    AliasMoved,
    AliasRemoved,
    CollectionCreated,
    CollectionDeleted,
    CollectionDescribed,
    CollectionRenamed,
    CollectionTagged,
    CollectionUntagged,
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
from .organization import (
    AccessDenied,
    ContentCollected,
    DefaultTtlChanged,
    EntityCreated,
    NameClaimed,
    NameReleased,
    OrganizationCreated,
)
from .registry import (
    ArtifactTypePermitted,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    RegistryCreated,
    RegistryDescribed,
)
from .run import ArtifactLogged, ArtifactUsed, MetricsLogged, RunFinished, RunStarted

EVENT_CLASSES: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {
        cls.wire_name: cls
        for cls in (
            OrganizationCreated,
            ContentCollected,
            EntityCreated,
            DefaultTtlChanged,
            NameClaimed,
            NameReleased,
            AccessDenied,
            RegistryCreated,
            ArtifactTypePermitted,
            ProtectedAliasAdded,
            ProtectedAliasRemoved,
            RegistryDescribed,
            CollectionCreated,
            CollectionDescribed,
            CollectionTagged,
            CollectionUntagged,
            CollectionRenamed,
            CollectionDeleted,
            VersionLogged,
            VersionDescribed,
            VersionTagged,
            VersionUntagged,
            MetadataChanged,
            TtlChanged,
            VersionDeleted,
            VersionPublished,
            VersionWithdrawn,
            Linked,
            Unlinked,
            AliasMoved,
            AliasRemoved,
            RunStarted,
            ArtifactLogged,
            ArtifactUsed,
            MetricsLogged,
            RunFinished,
        )
    }
)
"""Wire name → class: the allow-list of what a ledger may hold."""

__all__ = [
    "EVENT_CLASSES",
    "AccessDenied",
    "AliasMoved",
    "AliasRemoved",
    "ArtifactLogged",
    "ArtifactTypePermitted",
    "ArtifactUsed",
    "CollectionCreated",
    "CollectionDeleted",
    "CollectionDescribed",
    "CollectionRenamed",
    "CollectionTagged",
    "CollectionUntagged",
    "ContentCollected",
    "DefaultTtlChanged",
    "EntityCreated",
    "Envelope",
    "Event",
    "Linked",
    "MetadataChanged",
    "MetricsLogged",
    "NameClaimed",
    "NameReleased",
    "OrganizationCreated",
    "ProtectedAliasAdded",
    "ProtectedAliasRemoved",
    "RegistryCreated",
    "RegistryDescribed",
    "RunFinished",
    "RunStarted",
    "TtlChanged",
    "Unlinked",
    "VersionDeleted",
    "VersionDescribed",
    "VersionLogged",
    "VersionPublished",
    "VersionTagged",
    "VersionUntagged",
    "VersionWithdrawn",
]
