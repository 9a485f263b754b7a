"""Creating teams."""

from fingerpost.domain.aggregates.permissions import Role
from fingerpost.domain.errors import OutsideOrganizationError
from fingerpost.domain.names.names import Actor, EntityName
from fingerpost.domain.organization.membership import Member, MemberKind
from fingerpost.domain.organization.organization import Organization

from ..access.authority import over_entity
from ..access.lookup import organization_named
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from .entities import create_team


def create(
    session: Session, name: EntityName, organization: str | None, admin: Actor | None = None
) -> None:
    """Create a team in an organization that the actor administers.

    Args:
        session: on whose behalf.
        name: the team's name.
        organization: identifier of its organization, or ``None`` for the default one.
        admin: who administers the team, beside the admins of the organization.

    Raises:
        RoleRequiredError: the actor does not administer the organization.
        AlreadyExistsError: an entity or organization has the name.
        OutsideOrganizationError: that admin is not one of the organization.
    """
    home = organization_named(session.queries, organization)

    def decide(transaction: Transaction) -> None:
        team = create_team(transaction, name, home.id)
        if admin is None:
            return
        head = transaction.load(Organization, home.id)
        if head.role_of(admin) is None:
            raise OutsideOrganizationError(str(admin), head.entity_name, team.scope)
        kind = MemberKind.USER if head.is_person(admin) else MemberKind.SERVICE_ACCOUNT
        member = Member(kind=kind, name=str(admin))
        transaction.record(team.add_member(member, Role.ADMIN, over_entity(transaction, team)))

    session.transact(decide, subject=Subject.TEAMS)
