"""The head of a registry: the state that its rules need."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final, Self, TypeVar
from uuid import UUID

from attrs import evolve, field, frozen

from ..aggregates.aggregate import foreign
from ..aggregates.attribution import Attribution
from ..aggregates.permissions import Action, Authority, Role
from ..events import (
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
from ..organization.membership import Membered
from .visibility import Visibility

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
"""Events that change a registry's policy; a fence watches for these."""


@frozen(kw_only=True)
class RegistryHead(Membered):
    """State of a registry.

    Attributes:
        organization_id: its organization, whose admins are its admins.
        name: its name.
        artifact_types: permitted types; empty permits every type.
        linked_types: types that were ever linked: they stay permitted.
        protected: aliases that only admins move or remove.
        required_approvals: protected alias → approvals by other people that a move needs.
        visibility: who has access.
        requires_reasons: whether aliases move only with a reason.
        is_deleted: whether it was deleted; a deleted registry takes no further events.
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
                head = _with_types(head, event)
            case ProtectedAliasAdded() | ProtectedAliasRemoved():
                head = _with_protection(head, event)
            case ApprovalsRequired(alias=alias, count=count):
                head = _with_approvals(head, alias, count)
            case ApprovalsLifted(alias=alias):
                head = _with_approvals(head, alias, 0)
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
        """Return the authority of an actor with this effective role, under the current policy."""
        return Authority(
            by=by,
            role=role,
            scope=self.scope,
            protected=self.protected,
            policy_version=self.version,
            required_approvals=self.required_approvals,
            requires_reason=self.requires_reasons,
        )


H = TypeVar("H", bound=RegistryHead)


def _with_types(
    head: H, event: ArtifactTypePermitted | ArtifactTypeWithdrawn | ArtifactTypeLinked
) -> H:
    match event:
        case ArtifactTypePermitted(type=kind):
            return evolve(head, artifact_types=head.artifact_types | {kind})
        case ArtifactTypeWithdrawn(type=kind):
            return evolve(head, artifact_types=head.artifact_types - {kind})
        case ArtifactTypeLinked(type=kind):
            return evolve(head, linked_types=head.linked_types | {kind})


def _with_protection(head: H, event: ProtectedAliasAdded | ProtectedAliasRemoved) -> H:
    is_added = isinstance(event, ProtectedAliasAdded)
    others = head.protected - {event.alias}
    return evolve(head, protected=others | {event.alias} if is_added else others)


def _with_approvals(head: H, alias: str, count: int) -> H:
    others = {other: held for other, held in head.required_approvals.items() if other != alias}
    approvals = {**others, alias: count} if count else others
    return evolve(head, required_approvals=MappingProxyType(approvals))
