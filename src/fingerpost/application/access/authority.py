"""The authority with which an actor acts.

Roles are read from the heads of the organization, team or registry that gave them, and each head is
fenced: if a role changes before the events are stored, the command is decided again.
"""

from uuid import UUID

from fingerpost.domain.aggregates.permissions import Authority, Role
from fingerpost.domain.collection import Collection, CollectionKind
from fingerpost.domain.errors import RegistryNotFoundError
from fingerpost.domain.organization.effective_roles import EffectiveRoles
from fingerpost.domain.organization.entity import Entity, EntityKind
from fingerpost.domain.organization.organization import MEMBER_EVENTS, Organization
from fingerpost.domain.registry import POLICY_EVENTS, Registry, Visibility

from ..transactions.transaction import Transaction
from .lookup import organization_named


def over_organization(transaction: Transaction, organization: Organization) -> Authority:
    """Return the actor's authority over an organization."""
    transaction.scope_id = organization.id
    transaction.fence(organization, MEMBER_EVENTS)
    return organization.authority(transaction.by)


def over_store(transaction: Transaction) -> Authority:
    """Return the actor's authority over the store: that over its default organization."""
    home = organization_named(transaction.queries, None)
    return over_organization(transaction, transaction.load(Organization, home.id))


def over_entity(transaction: Transaction, entity: Entity) -> Authority:
    """Return the actor's authority over the projects of an entity."""
    transaction.scope_id = entity.id
    standing = in_entity(transaction, entity, transaction.by.actor)
    return entity.authority(transaction.by, standing.role)


def over_registry(transaction: Transaction, registry: Registry) -> Authority:
    """Return the actor's authority over a registry, its settings and its collections.

    Raises:
        RegistryNotFoundError: it was deleted.
    """
    if registry.is_deleted:
        raise RegistryNotFoundError("registry", registry.name, (), "It was deleted.")
    transaction.scope_id = registry.id
    transaction.fence(registry, POLICY_EVENTS)
    standing = in_registry(transaction, registry, transaction.by.actor)
    return registry.authority(transaction.by, standing.role)


def over_collection(transaction: Transaction, collection: Collection) -> Authority:
    """Return the actor's authority over a collection's versions and aliases."""
    if collection.kind is CollectionKind.REGISTRY:
        return over_registry(transaction, transaction.load(Registry, collection.home_id))
    return over_entity(transaction, transaction.load(Entity, collection.home_id))


def in_entity(transaction: Transaction, entity: Entity, actor: str) -> EffectiveRoles:
    """Return an actor's roles in an entity and in its organization.

    The owner of a personal entity administers it. Others may view and use it as far as their role
    in the store's default organization allows, and change nothing.
    """
    if entity.kind is EntityKind.PERSONAL or entity.organization_id is None:
        if actor == entity.owner:
            return EffectiveRoles(organization=Role.ADMIN)
        home = organization_named(transaction.queries, None)
        store = _organization(transaction, home.id)
        return EffectiveRoles(organization=Role.lowest(store.role_of(actor), Role.VIEWER))
    transaction.fence(entity, MEMBER_EVENTS)
    organization = _organization(transaction, entity.organization_id)
    own = entity.members.actors.get(actor)
    return EffectiveRoles(organization=organization.role_of(actor), own=own)


def in_registry(transaction: Transaction, registry: Registry, actor: str) -> EffectiveRoles:
    """Return an actor's roles in a registry and around it, as far as they matter."""
    organization = _organization(transaction, registry.organization_id)
    standing = EffectiveRoles(
        organization=organization.role_of(actor),
        own=registry.members.actors.get(actor),
        is_restricted=registry.visibility is Visibility.RESTRICTED,
    )
    return _with_teams(transaction, registry, actor, standing)


def _with_teams(
    transaction: Transaction, registry: Registry, actor: str, standing: EffectiveRoles
) -> EffectiveRoles:
    if standing.organization is None:
        return standing
    by_role = sorted(registry.members.teams.items(), key=lambda given: -given[1].rank)
    for team_id, role in by_role:
        if Role.highest(standing.role, role) is standing.role:
            break  # a lower role adds nothing, so its team need not be read
        team = transaction.load(Entity, team_id)
        if actor in team.members.actors:
            transaction.fence(team, MEMBER_EVENTS)
            return standing.with_team(role)
    return standing


def _organization(transaction: Transaction, organization_id: UUID) -> Organization:
    organization = transaction.load(Organization, organization_id)
    transaction.fence(organization, MEMBER_EVENTS)
    return organization
