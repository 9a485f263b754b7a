"""The registry: which types it permits, which aliases it protects."""

from collections.abc import Iterable
from typing import Final, Self
from uuid import UUID

from attrs import evolve, frozen

from .aggregate import Recording, envelope, foreign
from .alias import Alias
from .attribution import Attribution
from .errors import InvalidAliasError, LimitExceededError, NoSuchThingError, TypeNotPermittedError
from .events import (
    ArtifactTypePermitted,
    Event,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    RegistryCreated,
    RegistryDescribed,
)
from .names import ArtifactType, RegistryName
from .permissions import Action, Authority, Role

MOST_PROTECTED: Final = 1_000
"""Protected aliases of one registry; they are part of its head."""

POLICY_EVENTS: Final = (ArtifactTypePermitted, ProtectedAliasAdded, ProtectedAliasRemoved)
"""Events that change what may be decided in the registry; a fence watches these."""


@frozen(kw_only=True)
class Registry:
    """Head of a registry.

    Attributes:
        artifact_types: permitted types; empty permits every type.
        protected: aliases that only admins place, move or remove.
    """

    id: UUID
    version: int
    organization_id: UUID
    name: str
    artifact_types: frozenset[str] = frozenset()
    protected: frozenset[str] = frozenset()

    @classmethod
    def begin(cls, event: RegistryCreated) -> Self:
        """Return the state after the first event."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            organization_id=event.organization_id,
            name=event.name,
            artifact_types=frozenset(event.artifact_types),
        )

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        head = evolve(self, version=event.originator_version)
        match event:
            case ArtifactTypePermitted(type=kind):
                return evolve(head, artifact_types=self.artifact_types | {kind})
            case ProtectedAliasAdded(alias=alias):
                return evolve(head, protected=self.protected | {alias})
            case ProtectedAliasRemoved(alias=alias):
                return evolve(head, protected=self.protected - {alias})
            case RegistryCreated() | RegistryDescribed():
                return head
            case _:
                raise foreign(event, self.id)

    @property
    def scope(self) -> str:
        """The registry, in a message."""
        return f"registry {self.name!r}"

    def authority(self, by: Attribution, role: Role | None) -> Authority:
        """Return the authority of an actor with this effective role, under today's policy."""
        return Authority(
            by=by,
            role=role,
            scope=self.scope,
            protected=self.protected,
            policy_version=self.version,
        )

    @classmethod
    def create(
        cls,
        stream_id: UUID,
        *,
        organization_id: UUID,
        name: RegistryName,
        artifact_types: Iterable[ArtifactType],
        description: str | None,
        authority: Authority,
    ) -> RegistryCreated:
        """Create a registry. Without ``artifact_types`` it permits every type."""
        authority.require(Action.CREATE_REGISTRY)
        return RegistryCreated(
            **envelope(stream_id, 1, authority.by),
            organization_id=organization_id,
            name=str(name),
            artifact_types=tuple(sorted({str(kind) for kind in artifact_types})),
            description=description,
        )

    def require_permitted(self, type: str) -> None:
        """Return if artifacts of this type may be linked.

        Raises:
            TypeNotPermittedError: names the types that may, and how to permit one more.
        """
        if self.artifact_types and type not in self.artifact_types:
            raise TypeNotPermittedError(self.name, type, sorted(self.artifact_types))

    def permit(self, type: ArtifactType, authority: Authority) -> list[Event]:
        """Permit one more type. A registry that permits every type stays that way."""
        authority.require(Action.CONFIGURE_REGISTRY)
        recording = Recording(self, authority.by)
        if self.artifact_types and type not in self.artifact_types:
            recording.add(ArtifactTypePermitted(**recording.envelope(), type=str(type)))
        return recording.events

    def protect(self, alias: Alias, authority: Authority) -> list[Event]:
        """Protect an alias, whether or not something holds it already.

        Raises:
            InvalidAliasError: ``latest`` and ``vN`` move by themselves and cannot be protected.
        """
        authority.require(Action.PROTECT)
        if alias.is_automatic:
            raise InvalidAliasError(
                "protected alias",
                str(alias),
                "'latest' and version numbers move by themselves and cannot be protected",
                "Protect a name of your own, such as 'production'.",
            )
        if len(self.protected) >= MOST_PROTECTED:
            raise LimitExceededError(
                f"protected aliases of {self.name!r}",
                MOST_PROTECTED,
                len(self.protected) + 1,
                "Remove one that is no longer used.",
            )
        recording = Recording(self, authority.by)
        if alias not in self.protected:
            recording.add(ProtectedAliasAdded(**recording.envelope(), alias=str(alias)))
        return recording.events

    def unprotect(self, alias: Alias, authority: Authority) -> list[Event]:
        """Make a protected alias an ordinary one.

        Raises:
            NoSuchThingError: it is not protected.
        """
        authority.require(Action.PROTECT)
        if alias not in self.protected:
            raise NoSuchThingError("protected alias", str(alias), sorted(self.protected))
        recording = Recording(self, authority.by)
        recording.add(ProtectedAliasRemoved(**recording.envelope(), alias=str(alias)))
        return recording.events

    def describe(
        self, description: str | None, current: str | None, authority: Authority
    ) -> list[Event]:
        """Change the registry's description."""
        authority.require(Action.CONFIGURE_REGISTRY)
        recording = Recording(self, authority.by)
        if description != current:
            recording.add(RegistryDescribed(**recording.envelope(), description=description))
        return recording.events
