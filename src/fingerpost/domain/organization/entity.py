"""Entities: the teams and personal entities that own projects."""

from enum import Enum
from typing import ClassVar, Self
from uuid import UUID

from attrs import evolve, frozen

from ..aggregates.aggregate import Recording, envelope, foreign
from ..aggregates.attribution import Attribution
from ..aggregates.permissions import Action, Authority, Role
from ..errors import InvalidValueError
from ..events import (
    DefaultTtlChanged,
    EntityCreated,
    Event,
    MemberAdded,
    MemberRemoved,
    RoleChanged,
)
from ..names.names import EntityName
from .membership import Member, Membered, MemberKind, foreign_kind
from .organization import Organization


class EntityKind(Enum):
    """Who owns a project."""

    TEAM = "team"
    PERSONAL = "personal"


@frozen(kw_only=True)
class Entity(Membered):
    """Head of a team or a personal entity.

    A team has members with roles; a personal entity has its owner alone.

    Attributes:
        default_ttl_s: for how many seconds versions are kept of which nobody said otherwise;
            ``None`` keeps them for ever.
    """

    manage: ClassVar[Action] = Action.MANAGE_TEAM

    kind: EntityKind
    name: str
    organization_id: UUID | None
    owner: str | None
    default_ttl_s: int | None = None

    @classmethod
    def begin(cls, event: EntityCreated) -> Self:
        """Return the state after the first event."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            kind=EntityKind(event.kind),
            name=event.name,
            organization_id=event.organization_id,
            owner=event.owner,
        )

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        match event:
            case DefaultTtlChanged(duration_s=duration_s):
                return evolve(self, version=event.originator_version, default_ttl_s=duration_s)
            case MemberAdded() | RoleChanged() | MemberRemoved():
                members = self.members.apply(event)
                return evolve(self, version=event.originator_version, members=members)
            case _:
                raise foreign(event, self.id)

    @classmethod
    def create_team(
        cls, stream_id: UUID, *, name: EntityName, organization: Organization, by: Attribution
    ) -> EntityCreated:
        """Create a team in an organization that the actor administers."""
        organization.require_team_maker(name, by)
        return EntityCreated(
            **envelope(stream_id, 1, by),
            kind=EntityKind.TEAM.value,
            name=str(name),
            organization_id=organization.id,
            owner=None,
        )

    @classmethod
    def create_personal(
        cls, stream_id: UUID, *, name: EntityName, by: Attribution
    ) -> EntityCreated:
        """Create the actor's own entity."""
        return EntityCreated(
            **envelope(stream_id, 1, by),
            kind=EntityKind.PERSONAL.value,
            name=str(name),
            organization_id=None,
            owner=str(by.actor),
        )

    def keep_for(self, duration_s: int | None, authority: Authority) -> list[Event]:
        """Change for how long versions are kept of which nobody says otherwise."""
        authority.require(Action.CONFIGURE_ENTITY)
        recording = Recording(self, authority.by)
        if duration_s != self.default_ttl_s:
            recording.add(DefaultTtlChanged(**recording.envelope(), duration_s=duration_s))
        return recording.events

    @property
    def scope(self) -> str:
        """The entity, in a message."""
        return f"{'team' if self.kind is EntityKind.TEAM else 'entity'} {self.name!r}"

    def authority(self, by: Attribution, role: Role | None) -> Authority:
        """Return the authority of an actor with this effective role over the projects."""
        return Authority(by=by, role=role, scope=self.scope)

    def _require_member(self, member: Member) -> None:
        if self.kind is not EntityKind.TEAM:
            raise InvalidValueError(
                "member of a personal entity",
                member.name,
                f"{self.name!r} belongs to {self.owner!r} alone",
                "Create a team: Api().create_team(…).",
            )
        if member.kind is MemberKind.TEAM:
            raise foreign_kind(member, self.scope, "users and service accounts")
