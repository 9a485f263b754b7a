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
