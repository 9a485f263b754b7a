"""The registry: what it permits and protects, who may do what in it, and what it requires."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final, Self
from uuid import UUID

from attrs import evolve, field, frozen

from .aggregates.aggregate import Recording, envelope, foreign
from .aggregates.attribution import Attribution
from .aggregates.permissions import Action, Authority, Role
from .errors import (
    InvalidAliasError,
    InvalidValueError,
    LimitExceededError,
    NoSuchThingError,
    TypeInUseError,
    TypeNotPermittedError,
)
from .events import (
    ApprovalsLifted,
    ApprovalsRequired,
    ArtifactTypeLinked,
    ArtifactTypePermitted,
    ArtifactTypeWithdrawn,
    CollectionAdded,
    Event,
    MemberAdded,
    MemberRemoved,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    ReasonsLifted,
    ReasonsRequired,
    RegistryCreated,
    RegistryDeleted,
    RegistryDescribed,
    RoleChanged,
    VisibilityChanged,
)
from .names.alias import Alias
from .names.names import ArtifactType, RegistryName
from .organization.membership import Membered

MOST_PROTECTED: Final = 1_000
"""Protected aliases of one registry; they are part of its head."""

MOST_APPROVALS: Final = 100
"""Approvals that a registry can require of a version; more is a slip."""

POLICY_EVENTS: Final = (
    ArtifactTypePermitted,
    ArtifactTypeWithdrawn,
    ProtectedAliasAdded,
    ProtectedAliasRemoved,
    ApprovalsRequired,
    ApprovalsLifted,
    ReasonsRequired,
    ReasonsLifted,
    VisibilityChanged,
    MemberAdded,
    MemberRemoved,
    RoleChanged,
    RegistryDeleted,
)
"""Events that change what may be decided in the registry; a fence watches these."""


class Visibility(StrEnum):
    """Who has access to a registry. *Source*: W&B's registry visibility types."""

    ORGANIZATION = "organization"
    RESTRICTED = "restricted"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the visibility with this name.

        Raises:
            InvalidValueError: names those there are.
        """
        try:
            return cls(text)
        except ValueError:
            raise InvalidValueError(
                "visibility",
                text,
                "it is 'organization' (everybody in it) or 'restricted' (members alone)",
                "Pick one.",
            ) from None


@frozen(kw_only=True)
class Registry(Membered):
    """Head of a registry.

    Attributes:
        organization_id: its organization, whose admins are its admins.
        name: its name.
        artifact_types: permitted types; empty permits every type.
        linked_types: types that were linked at some time: they stay permitted.
        protected: aliases that only admins place, move or remove.
        required_approvals: protected alias → approvals by other people that a move needs.
        visibility: who has access.
        requires_reasons: whether aliases move only with a reason.
        is_deleted: whether it was deleted; nothing follows then.
    """

    manage: ClassVar[Action] = Action.MANAGE_REGISTRY

    organization_id: UUID
    name: str
    artifact_types: frozenset[str] = frozenset()
    linked_types: frozenset[str] = frozenset()
    protected: frozenset[str] = frozenset()
    required_approvals: Mapping[str, int] = field(factory=lambda: MappingProxyType({}))
    visibility: Visibility = Visibility.ORGANIZATION
    is_deleted: bool = False
    requires_reasons: bool = False

    @classmethod
    def begin(cls, event: RegistryCreated) -> Self:
        """Return the state after the first event."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            organization_id=event.organization_id,
            name=event.name,
            artifact_types=frozenset(event.artifact_types),
            visibility=Visibility(event.visibility),
        )

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        head = evolve(self, version=event.originator_version)
        match event:
            case MemberAdded() | RoleChanged() | MemberRemoved():
                head = evolve(head, members=self.members.apply(event))
            case ArtifactTypePermitted() | ArtifactTypeWithdrawn() | ArtifactTypeLinked():
                types, linked = _types_after(self.artifact_types, self.linked_types, event)
                head = evolve(head, artifact_types=types, linked_types=linked)
            case ProtectedAliasAdded(alias=alias):
                head = evolve(head, protected=self.protected | {alias})
            case ProtectedAliasRemoved(alias=alias):
                head = evolve(head, protected=self.protected - {alias})
            case ApprovalsRequired(alias=alias) | ApprovalsLifted(alias=alias):
                count = event.count if isinstance(event, ApprovalsRequired) else 0
                head = evolve(head, required_approvals=self._approvals(alias, count))
            case ReasonsRequired() | ReasonsLifted():
                head = evolve(head, requires_reasons=isinstance(event, ReasonsRequired))
            case VisibilityChanged(visibility=visibility):
                head = evolve(head, visibility=Visibility(visibility))
            case RegistryDeleted():
                head = evolve(head, is_deleted=True)
            case RegistryCreated() | RegistryDescribed() | CollectionAdded():
                pass
            case _:
                raise foreign(event, self.id)
        return head

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
            required_approvals=self.required_approvals,
            requires_reason=self.requires_reasons,
        )

    def _approvals(self, alias: str, count: int) -> Mapping[str, int]:
        others = {other: held for other, held in self.required_approvals.items() if other != alias}
        return MappingProxyType({**others, alias: count} if count else others)

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
        visibility: Visibility = Visibility.ORGANIZATION,
    ) -> RegistryCreated:
        """Create a registry. Without ``artifact_types`` it permits every type."""
        authority.require(Action.CREATE_REGISTRY)
        return RegistryCreated(
            **envelope(stream_id, 1, authority.by),
            organization_id=organization_id,
            name=str(name),
            artifact_types=tuple(sorted({str(kind) for kind in artifact_types})),
            description=description,
            visibility=visibility.value,
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

    def withdraw(self, type: ArtifactType, authority: Authority, *, is_linked: bool) -> list[Event]:
        """Permit a type no more, if nothing of it was ever linked.

        Args:
            type: the type.
            authority: on whose behalf.
            is_linked: whether something of it is linked, as far as the read tables know: links
                that are older than :class:`ArtifactTypeLinked` did not note it here.

        Raises:
            TypeInUseError: something was linked.
            NoSuchThingError: it is not permitted by name.
            InvalidValueError: it is the last one, and none would mean all.
        """
        authority.require(Action.CONFIGURE_REGISTRY)
        if type not in self.artifact_types:
            raise NoSuchThingError(
                "permitted artifact type", str(type), sorted(self.artifact_types)
            )
        if is_linked or type in self.linked_types:
            raise TypeInUseError(self.name, str(type))
        if len(self.artifact_types) == 1:
            raise InvalidValueError(
                "artifact type to withdraw",
                str(type),
                "it is not the last one: without any, every type would be permitted",
                "Permit another one first.",
            )
        recording = Recording(self, authority.by)
        recording.add(ArtifactTypeWithdrawn(**recording.envelope(), type=str(type)))
        return recording.events

    def note_link(self, type: str, by: Attribution) -> list[Event]:
        """Note that something of a type is linked, the first time."""
        recording = Recording(self, by)
        if self.artifact_types and type not in self.linked_types:
            recording.add(ArtifactTypeLinked(**recording.envelope(), type=type))
        return recording.events

    def note_collection(self, collection_id: UUID, by: Attribution) -> list[Event]:
        """Note that a collection is created."""
        recording = Recording(self, by)
        recording.add(CollectionAdded(**recording.envelope(), collection_id=collection_id))
        return recording.events

    def show_to(self, visibility: Visibility, authority: Authority) -> list[Event]:
        """Change who has access."""
        authority.require(Action.CONFIGURE_REGISTRY)
        recording = Recording(self, authority.by)
        if visibility is not self.visibility:
            recording.add(VisibilityChanged(**recording.envelope(), visibility=visibility.value))
        return recording.events

    def delete(self, authority: Authority) -> list[Event]:
        """Delete the registry; its collections are gone already."""
        authority.require(Action.DELETE_REGISTRY)
        recording = Recording(self, authority.by)
        recording.add(RegistryDeleted(**recording.envelope()))
        return recording.events

    def require_approvals(self, alias: Alias, count: int, authority: Authority) -> list[Event]:
        """Let a protected alias move only to what other people approved; 0 lifts that.

        Raises:
            NoSuchThingError: the alias is not protected.
            InvalidValueError: not a sensible number.
        """
        authority.require(Action.REQUIRE_APPROVALS)
        if alias not in self.protected:
            raise NoSuchThingError(
                "protected alias", str(alias), sorted(self.protected), "Protect it first."
            )
        if (
            isinstance(count, bool)
            or not isinstance(count, int)
            or not 0 <= count <= MOST_APPROVALS
        ):
            raise InvalidValueError(
                "number of approvals",
                count,
                f"it is a whole number from 0 to {MOST_APPROVALS}",
                "0 lifts the requirement.",
            )
        recording = Recording(self, authority.by)
        if count == self.required_approvals.get(alias, 0):
            return []
        if count:
            recording.add(ApprovalsRequired(**recording.envelope(), alias=str(alias), count=count))
        else:
            recording.add(ApprovalsLifted(**recording.envelope(), alias=str(alias)))
        return recording.events

    def require_reasons(self, required: bool, authority: Authority) -> list[Event]:  # noqa: FBT001 - what is asked for
        """Let aliases move only with a reason, or lift that.

        Raises:
            InvalidValueError: it is neither true nor false.
        """
        authority.require(Action.REQUIRE_REASONS)
        if not isinstance(required, bool):
            raise InvalidValueError(
                "requirement", required, "it is True or False", "False lifts the requirement."
            )
        recording = Recording(self, authority.by)
        if required and not self.requires_reasons:
            recording.add(ReasonsRequired(**recording.envelope()))
        elif self.requires_reasons and not required:
            recording.add(ReasonsLifted(**recording.envelope()))
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
        """Make a protected alias an ordinary one, which needs no approvals either.

        Raises:
            NoSuchThingError: it is not protected.
        """
        authority.require(Action.PROTECT)
        if alias not in self.protected:
            raise NoSuchThingError("protected alias", str(alias), sorted(self.protected))
        recording = Recording(self, authority.by)
        if alias in self.required_approvals:
            recording.add(ApprovalsLifted(**recording.envelope(), alias=str(alias)))
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


Types = frozenset[str]


def _types_after(
    types: Types,
    linked: Types,
    event: ArtifactTypePermitted | ArtifactTypeWithdrawn | ArtifactTypeLinked,
) -> tuple[Types, Types]:
    match event:
        case ArtifactTypePermitted(type=kind):
            return types | {kind}, linked
        case ArtifactTypeWithdrawn(type=kind):
            return types - {kind}, linked
        case ArtifactTypeLinked(type=kind):
            return types, linked | {kind}
