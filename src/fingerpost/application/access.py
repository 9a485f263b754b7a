"""With which authority an actor acts, and where."""

from fingerpost.domain.organization import Entity, Organization
from fingerpost.domain.permissions import Authority
from fingerpost.domain.registry import POLICY_EVENTS, Registry

from .transaction import Transaction


def over_organization(transaction: Transaction, organization: Organization) -> Authority:
    """Return the actor's authority over an organization."""
    transaction.scope_id = organization.id
    return organization.authority(transaction.by)


def over_entity(transaction: Transaction, entity: Entity) -> Authority:
    """Return the actor's authority over the projects of an entity."""
    transaction.scope_id = entity.id
    organization = (
        transaction.load(Organization, entity.organization_id) if entity.organization_id else None
    )
    return entity.authority(transaction.by, organization)


def over_registry(transaction: Transaction, registry: Registry) -> Authority:
    """Return the actor's authority over a registry's own settings."""
    transaction.scope_id = registry.id
    organization = transaction.load(Organization, registry.organization_id)
    return registry.authority(transaction.by, organization.role_of(transaction.by.actor))


def in_registry(transaction: Transaction, registry: Registry) -> Authority:
    """Return the actor's authority over what is in a registry.

    The decision is about another stream than the registry's, so it is fenced: should the policy
    change before the events are stored, it is made again.
    """
    transaction.fence(registry, POLICY_EVENTS)
    return over_registry(transaction, registry)
