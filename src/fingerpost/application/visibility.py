"""Who may look at what: the check on the way to everything that is read.

Reading asks the read tables for roles, which is one statement; a refusal is decided once more on
the heads, as any command is, and recorded.
"""

from collections.abc import Collection as Set
from uuid import UUID

from fingerpost.domain.collection import Collection
from fingerpost.domain.entity import Entity
from fingerpost.domain.organization import Organization
from fingerpost.domain.permissions import Action
from fingerpost.domain.registry import Registry

from .access import over_entity, over_organization, over_registry
from .collections import authority_over
from .ports.queries import Queries
from .transaction import Session, Transaction


def require_in_entity(session: Session, entity_id: UUID, action: Action) -> None:
    """Return if the actor may do this in the projects of an entity.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
    """

    def decide(transaction: Transaction) -> None:
        over_entity(transaction, transaction.load(Entity, entity_id)).require(action)

    if not _is_allowed(session, entity_id, action):
        session.rehearse(decide)


def require_in_registry(session: Session, registry_id: UUID, action: Action) -> None:
    """Return if the actor may do this in a registry.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
        RegistryNotFoundError: it was deleted.
    """

    def decide(transaction: Transaction) -> None:
        over_registry(transaction, transaction.load(Registry, registry_id)).require(action)

    if not _is_allowed(session, registry_id, action):
        session.rehearse(decide)


def require_in_organization(session: Session, organization_id: UUID, action: Action) -> None:
    """Return if the actor may do this in an organization.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Organization, organization_id)
        over_organization(transaction, head).require(action)

    session.rehearse(decide)


def require_in_collection(session: Session, collection_id: UUID, action: Action) -> None:
    """Return if the actor may do this where a collection is.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, collection_id)
        authority_over(transaction, head).require(action)

    row = session.queries.collection(collection_id)
    if row is None or not _is_allowed(session, row.home_id, action):
        session.rehearse(decide)


def visible_homes(session: Session, queries: Queries | None = None) -> Set[UUID]:
    """Return the entities and registries that the actor may look at.

    Args:
        session: on whose behalf.
        queries: the moment that is looked at; now by default.
    """
    return (queries or session.queries).visible_homes(str(session.actor))


def _is_allowed(session: Session, home_id: UUID, action: Action) -> bool:
    return action.is_allowed_to(session.queries.standing(home_id, str(session.actor)).role)
