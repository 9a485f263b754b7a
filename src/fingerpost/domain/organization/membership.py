"""Members: actors and teams that were given a role in an organization, a team or a registry."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final, Self, TypeVar
from uuid import UUID

from attrs import evolve, field, frozen

from ..aggregates.aggregate import Recording
from ..aggregates.permissions import Action, Authority, Role
from ..errors import AlreadyExistsError, InvalidValueError, LimitExceededError, MemberNotFoundError
from ..events import Event, MemberAdded, MemberRemoved, RoleChanged

MOST_MEMBERS: Final = 10_000
"""Members of one organization, team or registry; they are part of its head."""

K = TypeVar("K", str, UUID)

MembershipEvent = MemberAdded | RoleChanged | MemberRemoved


class MemberKind(StrEnum):
    """What a member is."""

    USER = "user"
    SERVICE_ACCOUNT = "service_account"
    TEAM = "team"


@frozen(kw_only=True)
class Member:
    """An actor or a team, as it is written in the ledger.

    Attributes:
        team_id: the team; ``None`` for an actor.
    """

    kind: MemberKind
    name: str
    team_id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.kind.value.replace('_', ' ')} {self.name!r}"


@frozen(kw_only=True)
class Membership:
    """Who has which role of their own in one place.

    Attributes:
        actors: users and service accounts, by name.
        teams: teams, by identity: a team may have the name of a user.
        service_accounts: actors that are no people, those that were removed included; to be added
            as a user makes one a person.
    """

    actors: Mapping[str, Role] = field(factory=lambda: MappingProxyType({}))
    teams: Mapping[UUID, Role] = field(factory=lambda: MappingProxyType({}))
    service_accounts: frozenset[str] = frozenset()

    def apply(self, event: MembershipEvent) -> Self:
        """Return the members after an event."""
        role = None if isinstance(event, MemberRemoved) else Role(event.role)
        if event.team_id is not None:
            return evolve(self, teams=_with(self.teams, event.team_id, role))
        # One that is removed may act still, where everybody has a default role: it is no person.
        is_service = event.kind == MemberKind.SERVICE_ACCOUNT.value
        others = self.service_accounts - {event.member}
        return evolve(
            self,
            actors=_with(self.actors, event.member, role),
            service_accounts=others | {event.member} if is_service else others,
        )

    def role_of(self, member: Member) -> Role | None:
        """Return the role that a member was given here, if any."""
        if member.team_id is not None:
            return self.teams.get(member.team_id)
        return self.actors.get(member.name)


def _with(roles: Mapping[K, Role], key: K, role: Role | None) -> Mapping[K, Role]:
    # Thousands of members may follow each other: copied as a whole, not one by one.
    changed = roles.copy() if isinstance(roles, MappingProxyType) else dict(roles)
    if role is None:
        changed.pop(key, None)
    else:
        changed[key] = role
    return MappingProxyType(changed)


@frozen(kw_only=True)
class Membered:
    """Head of an aggregate that has members, and the commands about them.

    Attributes:
        id: its stream.
        version: version of the last event applied.
        members: who was given a role here.
    """

    manage: ClassVar[Action]
    """What somebody must be allowed to do, to change members and roles here."""

    id: UUID
    version: int
    members: Membership = Membership()

    def apply(self, event: Event) -> Self:
        """Return the state after one more event."""
        raise NotImplementedError

    @property
    def scope(self) -> str:
        """The place, in a message."""
        raise NotImplementedError

    def add_member(self, member: Member, role: Role, authority: Authority) -> list[Event]:
        """Give somebody a role here; who has the same role already keeps it.

        Raises:
            AlreadyExistsError: they have another role.
            LimitExceededError: there are too many members.
        """
        authority.require(self.manage)
        self._require_member(member)
        held = self.members.role_of(member)
        if held is role:
            return []
        if held is not None:
            remedy = f"It has the role {held.value!r}. Change that with update_member (set-role)."
            raise AlreadyExistsError(f"member of {self.scope}", member.name, remedy)
        if len(self.members.actors) + len(self.members.teams) >= MOST_MEMBERS:
            raise LimitExceededError(
                f"members of {self.scope}", MOST_MEMBERS, MOST_MEMBERS + 1, "Add a team instead."
            )
        recording = Recording(self, authority.by)
        recording.add(
            MemberAdded(
                **recording.envelope(),
                kind=member.kind.value,
                member=member.name,
                team_id=member.team_id,
                role=role.value,
            )
        )
        return recording.events

    def change_role(self, member: Member, role: Role, authority: Authority) -> list[Event]:
        """Give a member another role.

        Raises:
            MemberNotFoundError: they were given none here.
            LastAdminError: nobody would administer the organization any more.
        """
        authority.require(self.manage)
        held = self._held(member)
        if held is role:
            return []
        recording = Recording(self, authority.by)
        recording.add(
            RoleChanged(
                **recording.envelope(),
                kind=self._kind(member).value,
                member=member.name,
                team_id=member.team_id,
                from_role=held.value,
                role=role.value,
            )
        )
        self._require_still_administered(recording.state.members)
        return recording.events

    def remove_member(self, member: Member, authority: Authority) -> list[Event]:
        """Take away the role that somebody was given here.

        Raises:
            MemberNotFoundError: they were given none here.
            LastAdminError: nobody would administer the organization any more.
        """
        authority.require(self.manage)
        held = self._held(member)
        recording = Recording(self, authority.by)
        recording.add(
            MemberRemoved(
                **recording.envelope(),
                kind=self._kind(member).value,
                member=member.name,
                team_id=member.team_id,
                role=held.value,
            )
        )
        self._require_still_administered(recording.state.members)
        return recording.events

    def _held(self, member: Member) -> Role:
        held = self.members.role_of(member)
        if held is None:
            raise MemberNotFoundError(f"member of {self.scope}", member.name, self._names())
        return held

    def _kind(self, member: Member) -> MemberKind:
        # What it was added as: whoever changes a role need not know.
        if member.team_id is not None:
            return MemberKind.TEAM
        is_service = member.name in self.members.service_accounts
        return MemberKind.SERVICE_ACCOUNT if is_service else MemberKind.USER

    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(self.members.actors))

    def _require_member(self, member: Member) -> None:
        """Refuse what cannot be a member here."""

    def _require_still_administered(self, after: Membership) -> None:
        """Refuse what would leave nobody to administer the place."""


def foreign_kind(member: Member, scope: str, expected: str) -> InvalidValueError:
    """Return the error for a member of a kind that a place does not take."""
    return InvalidValueError(
        f"member of {scope}", member.name, f"its members are {expected}", "Add those."
    )
