"""What is asked of organizations and entities.

That an organization exists, and what it is called, everyone who has opened the store may know:
its name is part of target paths. All else takes a role in it. What the actor may not look at
raises :class:`~fingerpost.errors.RoleRequiredError`, and that attempt is recorded.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.errors import EntityNotFoundError
from fingerpost.domain.names.names import EntityName
from fingerpost.domain.organization.entity import Entity, EntityKind
from fingerpost.domain.organization.organization import Organization

from ..access.lookup import entity_named, organization_named
from ..read_models.governance_rows import MemberRow
from ..read_models.history_rows import PolicyChange
from ..read_models.rows import EntityRow, OrganizationRow
from ..store import Store
from ..transactions.transaction import Session
from ..visibility import (
    administers_store,
    require_in_entity,
    require_in_organization,
    require_in_registry,
)
from .members import MemberScope


def organizations(session: Session) -> Sequence[OrganizationRow]:
    """Return all organizations, the default one first."""
    return session.queries.organizations()


def find_organization(session: Session, name: str | None) -> OrganizationRow:
    """Return an organization by its identifier, or the default one.

    Raises:
        OrganizationNotFoundError: there is none of that name.
        AmbiguousOrganizationError: an entity has the plain name; names the identifier.
    """
    return organization_named(session.queries, name)


def default_role(session: Session, organization_id: UUID) -> str | None:
    """Return the role of actors who were given none.

    It says to each of them which role they have themselves, so it takes no role to ask.
    """
    return session.queries.default_role(organization_id)


def teams(session: Session, organization_id: UUID) -> Sequence[str]:
    """Return the names of an organization's teams, sorted."""
    require_in_organization(session, organization_id, Action.VIEW)
    return session.queries.teams(organization_id)


def history(session: Session, organization_id: UUID) -> Sequence[PolicyChange]:
    """Return what happened to an organization, oldest first."""
    require_in_organization(session, organization_id, Action.VIEW)
    return session.queries.policy_history(organization_id)


def find_entity(session: Session, name: EntityName) -> EntityRow:
    """Return a team or personal entity by name.

    Raises:
        EntityNotFoundError: there is none.
        RoleRequiredError: the actor may not see it; the attempt itself is recorded.
    """
    row = entity_named(session.queries, name)
    require_in_entity(session, row.id, Action.VIEW)
    return row


def find_team(session: Session, name: EntityName) -> EntityRow:
    """Return a team by name.

    Raises:
        EntityNotFoundError: there is no team of that name.
        RoleRequiredError: the actor may not see it; the attempt itself is recorded.
    """
    row = entity_named(session.queries, name)
    if row.kind is not EntityKind.TEAM:
        remedy = "That is a personal entity. Api().create_team(…) makes a team."
        raise EntityNotFoundError("team", str(name), (), remedy)
    require_in_entity(session, row.id, Action.VIEW)
    return row


def members(session: Session, place: MemberScope) -> Sequence[MemberRow]:
    """Return who was given a role in an organization, team or registry.

    People and service accounts by name, then teams by name.

    Raises:
        RoleRequiredError: the actor may not look at the place; the attempt itself is recorded.
    """
    if place.kind is Organization:
        require_in_organization(session, place.id, Action.VIEW)
    elif place.kind is Entity:
        require_in_entity(session, place.id, Action.VIEW)
    else:
        require_in_registry(session, place.id, Action.VIEW)
    return session.queries.members(place.id)


def denied_attempts(session: Session) -> Sequence[str]:
    """Return attempts that were refused, as sentences, oldest first.

    Those who administer the store get all of them, everyone else their own.
    """
    actor = None if administers_store(session) else str(session.actor)
    return session.queries.denials(actor)


def counts(store: Store) -> Mapping[str, int]:
    """Return how many organizations, registries, collections, versions and runs there are.

    Numbers alone, about a store that the caller has opened: it takes no role.
    """
    return store.queries.counts()


def default_organization(store: Store) -> OrganizationRow:
    """Return the organization that names the store; it takes no role, see the module."""
    return organization_named(store.queries, None)
