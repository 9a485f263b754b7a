"""Events of a registry: what it permits, what it protects, and who may do what in it."""

from typing import ClassVar
from uuid import UUID

from attrs import field, frozen

from .base import Event, free_text


@frozen(kw_only=True)
class RegistryCreated(Event):
    """A registry came to be.

    Attributes:
        organization_id: the organization it belongs to.
        artifact_types: permitted types, sorted; empty permits every type.
    """

    wire_name: ClassVar[str] = "registry.created"
    organization_id: UUID
    name: str
    artifact_types: tuple[str, ...] = ()
    description: str | None = field(default=None, validator=free_text)
    visibility: str = "organization"


@frozen(kw_only=True)
class ArtifactTypePermitted(Event):
    """Artifacts of one more type may be linked."""

    wire_name: ClassVar[str] = "registry.artifact_type_permitted"
    type: str


@frozen(kw_only=True)
class ProtectedAliasAdded(Event):
    """From here on only admins place, move or remove this alias in the registry's collections."""

    wire_name: ClassVar[str] = "registry.protected_alias_added"
    alias: str


@frozen(kw_only=True)
class ProtectedAliasRemoved(Event):
    """The alias is an ordinary one again."""

    wire_name: ClassVar[str] = "registry.protected_alias_removed"
    alias: str


@frozen(kw_only=True)
class RegistryDescribed(Event):
    """A registry's description changed."""

    wire_name: ClassVar[str] = "registry.described"
    description: str | None = field(validator=free_text)


@frozen(kw_only=True)
class ArtifactTypeWithdrawn(Event):
    """Artifacts of a type may not be linked any more; none ever was."""

    wire_name: ClassVar[str] = "registry.artifact_type_withdrawn"
    type: str


@frozen(kw_only=True)
class ArtifactTypeLinked(Event):
    """An artifact of this type was linked for the first time: the type stays permitted for good.

    On the registry's stream, so that withdrawing a type and linking the first artifact of it cannot
    pass each other.
    """

    wire_name: ClassVar[str] = "registry.artifact_type_linked"
    type: str


@frozen(kw_only=True)
class VisibilityChanged(Event):
    """Who sees a registry changed.

    Attributes:
        visibility: ``organization`` or ``restricted``.
    """

    wire_name: ClassVar[str] = "registry.visibility_changed"
    visibility: str


@frozen(kw_only=True)
class ApprovalsRequired(Event):
    """From here on a protected alias moves only to what others approved.

    Attributes:
        alias: the protected alias.
        count: how many other people.
    """

    wire_name: ClassVar[str] = "registry.approvals_required"
    alias: str
    count: int


@frozen(kw_only=True)
class ApprovalsLifted(Event):
    """A protected alias needs no approvals any more."""

    wire_name: ClassVar[str] = "registry.approvals_lifted"
    alias: str


@frozen(kw_only=True)
class ReasonsRequired(Event):
    """From here on no alias of the registry moves, and nothing is unlinked, without a reason.

    ``latest`` goes on moving by itself.
    """

    wire_name: ClassVar[str] = "registry.reasons_required"


@frozen(kw_only=True)
class ReasonsLifted(Event):
    """Aliases of the registry move without a reason again."""

    wire_name: ClassVar[str] = "registry.reasons_lifted"


@frozen(kw_only=True)
class RegistryDeleted(Event):
    """A registry was deleted with its collections; nothing follows."""

    wire_name: ClassVar[str] = "registry.deleted"


@frozen(kw_only=True)
class CollectionAdded(Event):
    """A collection was created in the registry.

    On the registry's stream, so that deleting the registry and creating a collection in it cannot
    pass each other.
    """

    wire_name: ClassVar[str] = "registry.collection_added"
    collection_id: UUID
