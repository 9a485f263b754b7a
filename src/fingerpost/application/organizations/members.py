"""Members and roles of organizations, teams and registries."""

from collections.abc import Callable, Iterable
from uuid import UUID

from attrs import frozen

from fingerpost.domain.aggregates.permissions import Authority, Role
from fingerpost.domain.errors import InvalidValueError, OutsideOrganizationError
from fingerpost.domain.events import Event
from fingerpost.domain.names.names import Actor, EntityName
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.organization.membership import Member, Membered, MemberKind
from fingerpost.domain.organization.organization import Organization
from fingerpost.domain.registry import Registry

from ..access.authority import over_entity, over_organization, over_registry
from ..access.lookup import entity_named
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction


@frozen(kw_only=True)
class Named:
    """A member as somebody names it: a user or service account, or a team.

    Attributes:
        name: the actor's or team's name.
        is_team: whether a team is meant; a team may have the name of a user.
        is_service: whether a service account is meant; an organization gets to know it as one.
    """

    name: str
    is_team: bool = False
    is_service: bool = False


@frozen
class MemberScope:
    """Where somebody is a member: an organization, a team or a registry."""

    kind: type[Organization] | type[Entity] | type[Registry]
    id: UUID


Command = Callable[[Membered, Member, Authority], list[Event]]


def add(
    session: Session,
    place: MemberScope,
    members: Iterable[Named],
    role: Role,
    reason: str | None = None,
) -> None:
    """Give actors or teams a role somewhere: all of them, or none.

    Who has that role there already keeps it.

    Raises:
        AlreadyExistsError: one of them has another role there.
        OutsideOrganizationError: an actor is not one of the organization.
        InvalidValueError: a team belongs to another organization, or the organization does not
            know a service account as one.
        EntityNotFoundError: there is no such team.
        RoleRequiredError: the actor does not administer the place.
    """
    _change(
        session,
        place,
        members,
        lambda head, member, by: head.add_member(member, role, by),
        reason,
        is_added=True,
    )


def change_role(
    session: Session, place: MemberScope, member: Named, role: Role, reason: str | None = None
) -> None:
    """Give a member another role.

    Raises:
        MemberNotFoundError: they were given none there.
        LastAdminError: nobody would administer the organization any more.
        RoleRequiredError: the actor does not administer the place.
    """
    _change(
        session,
        place,
        [member],
        lambda head, one, by: head.change_role(one, role, by),
        reason,
    )


def remove(
    session: Session, place: MemberScope, members: Iterable[Named], reason: str | None = None
) -> None:
    """Take away the roles that actors or teams were given somewhere: all of them, or none.

    Raises:
        MemberNotFoundError: one of them was given none there.
        LastAdminError: nobody would administer the organization any more.
        RoleRequiredError: the actor does not administer the place.
    """
    _change(session, place, members, lambda head, one, by: head.remove_member(one, by), reason)


def _change(
    session: Session,
    place: MemberScope,
    members: Iterable[Named],
    command: Command,
    reason: str | None,
    *,
    is_added: bool = False,
) -> None:
    named = list(members)

    def decide(transaction: Transaction) -> None:
        head, authority = _managed(transaction, place)
        # What is refused for want of a role says nothing of who is there.
        authority.require(head.manage)
        for one in named:
            member = _member(transaction, head, one, is_added=is_added)
            transaction.record(command(head, member, authority))
            head = transaction.load(place.kind, place.id)

    session.transact(decide, reason, subject=Subject.MEMBERS)


def _managed(transaction: Transaction, place: MemberScope) -> tuple[Membered, Authority]:
    head = transaction.load(place.kind, place.id)
    if isinstance(head, Organization):
        return head, over_organization(transaction, head)
    if isinstance(head, Entity):
        return head, over_entity(transaction, head)
    return head, over_registry(transaction, head)


def _member(transaction: Transaction, head: Membered, named: Named, *, is_added: bool) -> Member:
    if named.is_team:
        return _team(transaction, head, named)
    name = str(Actor(named.name))
    if isinstance(head, Organization):
        kind = MemberKind.SERVICE_ACCOUNT if named.is_service else MemberKind.USER
        return Member(kind=kind, name=name)
    organization = _organization(transaction, head)
    if is_added and organization is not None and organization.role_of(name) is None:
        raise OutsideOrganizationError(name, organization.entity_name, head.scope)
    is_person = organization is None or organization.is_person(name)
    if is_added and named.is_service and is_person and organization is not None:
        raise InvalidValueError(
            f"service account to add to {head.scope}",
            name,
            f"{organization.scope} knows it as one",
            "Add it there as a service account first: add_service_account, or "
            "`fingerpost members add --service-account`.",
        )
    return Member(kind=MemberKind.USER if is_person else MemberKind.SERVICE_ACCOUNT, name=name)


def _organization(transaction: Transaction, head: Membered) -> Organization | None:
    if isinstance(head, Entity | Registry) and head.organization_id is not None:
        return transaction.load(Organization, head.organization_id)
    return None


def _team(transaction: Transaction, head: Membered, named: Named) -> Member:
    row = entity_named(transaction.queries, EntityName(named.name))
    if isinstance(head, Registry) and row.organization_id != head.organization_id:
        raise InvalidValueError(
            f"team to add to {head.scope}",
            row.name,
            "it is a team of the same organization",
            "Add a team of that, or people one by one.",
        )
    return Member(kind=MemberKind.TEAM, name=row.name, team_id=row.id)
