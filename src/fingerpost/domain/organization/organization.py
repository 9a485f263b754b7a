"""Organizations: who belongs to them, and who may do what in all that they have."""

from types import MappingProxyType
from typing import ClassVar, Self
from uuid import UUID

from attrs import evolve, frozen

from ..aggregates.aggregate import Recording, envelope, foreign
from ..aggregates.attribution import Attribution
from ..aggregates.permissions import Action, Authority, Role
from ..errors import AlreadyExistsError, LastAdminError, listed
from ..events import (
    ContentCollected,
    DefaultRoleChanged,
    Event,
    MemberAdded,
    MemberRemoved,
    OrganizationCreated,
    RoleChanged,
)
from ..names.names import EntityName, OrganizationName
from .membership import Member, Membered, MemberKind, Membership, foreign_kind

MEMBER_EVENTS = (DefaultRoleChanged, RoleChanged, MemberAdded, MemberRemoved)
"""Events that change what somebody may do; fences on organizations and teams watch these.

Being added is one of them: the role that somebody is given may be lower than the default.
"""


@frozen(kw_only=True)
class Organization(Membered):
    """Head of an organization.

    Attributes:
        name: its name.
        entity_name: its identifier in target paths.
        default_role: role of an actor that was given none; ``None`` keeps them out.
    """

    manage: ClassVar[Action] = Action.CONFIGURE_ORGANIZATION

    name: str
    entity_name: str
    default_role: Role | None

    @classmethod
    def begin(cls, event: OrganizationCreated) -> Self:
        """Return the state after the first event: whoever created it is its first admin."""
        return cls(
            id=event.originator_id,
            version=event.originator_version,
            name=event.name,
            entity_name=event.entity_name,
            default_role=Role(event.default_role) if event.default_role else None,
            members=Membership(actors=MappingProxyType({event.actor: Role.ADMIN})),
        )

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        head = evolve(self, version=event.originator_version)
        match event:
            case MemberAdded() | RoleChanged() | MemberRemoved():
                return evolve(head, members=self.members.apply(event))
            case DefaultRoleChanged(role=role):
                return evolve(head, default_role=Role(role) if role else None)
            case ContentCollected():
                return head
            case _:
                raise foreign(event, self.id)

    @classmethod
    def create(
        cls,
        stream_id: UUID,
        *,
        name: OrganizationName,
        entity_name: EntityName,
        default_role: Role | None,
        by: Attribution,
    ) -> OrganizationCreated:
        """Create an organization; the actor administers it."""
        return OrganizationCreated(
            **envelope(stream_id, 1, by),
            name=str(name),
            entity_name=str(entity_name),
            default_role=default_role.value if default_role else None,
        )

    def change_default_role(self, role: Role | None, authority: Authority) -> list[Event]:
        """Give all actors who were given no role another one; ``None`` keeps them out."""
        authority.require(Action.CONFIGURE_ORGANIZATION)
        recording = Recording(self, authority.by)
        if role is not self.default_role:
            recording.add(
                DefaultRoleChanged(
                    **recording.envelope(),
                    role=role.value if role else None,
                    from_role=self.default_role.value if self.default_role else None,
                )
            )
        return recording.events

    def collect_content(
        self,
        authority: Authority,
        *,
        version_count: int,
        content_count: int,
        size_bytes: int,
        freed_bytes: int,
        grace_s: int,
    ) -> list[Event]:
        """Note that content was removed; nothing when none was."""
        authority.require(Action.COLLECT_GARBAGE)
        if not content_count and freed_bytes <= 0:
            return []
        return [
            ContentCollected(
                **envelope(self.id, self.version + 1, authority.by),
                version_count=version_count,
                content_count=content_count,
                size_bytes=size_bytes,
                freed_bytes=freed_bytes,
                grace_s=grace_s,
            )
        ]

    @property
    def scope(self) -> str:
        """The organization, in a message."""
        return f"organization {self.name!r}"

    def role_of(self, actor: str) -> Role | None:
        """Return an actor's role in the whole organization; ``None``: not one of it."""
        return self.members.actors.get(actor, self.default_role)

    def admins(self) -> tuple[str, ...]:
        """Return who administers it, sorted."""
        return tuple(sorted(who for who, role in self.members.actors.items() if role is Role.ADMIN))

    def require_team_maker(self, name: str, by: Attribution) -> None:
        """Return if the actor may create a team of this name."""
        remedy = f"Use a team that exists, or have {listed(self.admins())} make {name!r}."
        self.authority(by).require(Action.CREATE_TEAM, remedy)

    def is_person(self, actor: str) -> bool:
        """Whether an actor is a person, as far as the organization knows."""
        return actor not in self.members.service_accounts

    def authority(self, by: Attribution) -> Authority:
        """Return an actor's authority in the organization."""
        return Authority(by=by, role=self.role_of(by.actor), scope=self.scope)

    def _require_still_administered(self, after: Membership) -> None:
        # Nobody could give anybody a role any more.
        if Role.ADMIN not in after.actors.values():
            raise LastAdminError(self.name)

    def _require_member(self, member: Member) -> None:
        if member.kind is MemberKind.TEAM:
            raise foreign_kind(member, self.scope, "users and service accounts")
        is_known = member.name in self.members.actors
        is_robot = member.kind is MemberKind.SERVICE_ACCOUNT
        if is_robot and is_known and self.is_person(member.name):
            # Whose approvals count is not to hang on a call that changed nothing.
            remedy = "It is known as a user. Remove it, then add it as a service account."
            raise AlreadyExistsError(f"member of {self.scope}", member.name, remedy)
