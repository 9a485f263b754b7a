"""The permission check of every read.

Roles are read from the read tables with one statement. A refusal is decided again on the heads,
like a command, and recorded.
"""

from collections.abc import Callable
from collections.abc import Collection as Set
from uuid import UUID

from fingerpost.domain.aggregates.permissions import Action, Authority, Role
from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import CollectionNotFoundError
from fingerpost.domain.names.paths import CollectionPath, RegistryPath
from fingerpost.domain.organization.entity import Entity
from fingerpost.domain.organization.organization import Organization
from fingerpost.domain.registry import Registry

from .access.authority import (
    over_collection,
    over_entity,
    over_organization,
    over_registry,
    over_store,
)
from .access.lookup import NameScope, collection_at, find_collection, registry_named
from .ports.queries import Queries
from .read_models.rows import CollectionRow, RunRow
from .transactions.transaction import Session, Transaction


def require_in_entity(session: Session, entity_id: UUID, action: Action) -> None:
    """Return if the actor may do this in an entity.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
    """
    _require(session, entity_id, action, lambda t: over_entity(t, t.load(Entity, entity_id)))


def require_in_registry(session: Session, registry_id: UUID, action: Action) -> None:
    """Return if the actor may do this in a registry.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
        RegistryNotFoundError: it was deleted.
    """
    _require(
        session, registry_id, action, lambda t: over_registry(t, t.load(Registry, registry_id))
    )


def _require(
    session: Session, home_id: UUID | None, action: Action, over: Callable[[Transaction], Authority]
) -> None:
    # The read tables can only allow. A refusal is decided by the rules, and recorded.
    if home_id is None or not _is_allowed(session, home_id, action):
        session.dry_run(lambda transaction: over(transaction).require(action))


def require_in_organization(session: Session, organization_id: UUID, action: Action) -> None:
    """Return if the actor may do this in an organization.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
    """
    _require(
        session, None, action, lambda t: over_organization(t, t.load(Organization, organization_id))
    )


def require_in_collection(session: Session, collection_id: UUID, action: Action) -> None:
    """Return if the actor may do this in a collection's entity or registry.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
        CollectionNotFoundError: there never was a collection with this identity.
    """
    standing = session.queries.standing_over(collection_id, str(session.actor))
    if not action.is_allowed_to(standing.role):
        session.dry_run(lambda t: _over_collection(t, collection_id).require(action))


def _over_collection(transaction: Transaction, collection_id: UUID) -> Authority:
    head = transaction.find(Collection, collection_id)
    if head is None:
        remedy = "Check its identity."
        raise CollectionNotFoundError("collection", str(collection_id), (), remedy)
    return over_collection(transaction, head)


def require_to_see(session: Session, collection_id: UUID) -> None:
    """Return if the actor may look at what is where a collection is.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
    """
    require_in_collection(session, collection_id, Action.VIEW)


def seen_collection_at(session: Session, path: CollectionPath, place: NameScope) -> CollectionRow:
    """Return the collection at a path, if the actor may view it.

    An actor who may not view the entity or registry does not learn what is in it.

    Raises:
        RoleRequiredError: not permitted; the attempt itself is recorded.
        CollectionNotFoundError: it does not exist; names the nearest ones.
        RegistryNotFoundError: the path is in a registry that does not exist.
    """
    found = find_collection(session.queries, path, place)
    if found is None:
        _require_at(session, path, place)
        return collection_at(session.queries, path, place)
    require_in_collection(session, found.id, Action.VIEW)
    return found


def _require_at(session: Session, path: CollectionPath, place: NameScope) -> None:
    if isinstance(path, RegistryPath):
        registry = registry_named(session.queries, path.registry, path.organization)
        require_in_registry(session, registry.id, Action.VIEW)
        return
    entity = session.queries.entity(path.entity or place.entity)
    if entity is not None:
        require_in_entity(session, entity.id, Action.VIEW)


def visible_homes(session: Session, queries: Queries | None = None) -> Set[UUID]:
    """Return the entities and registries that the actor may view.

    Args:
        session: the acting user's session.
        queries: the read tables as of some moment; now by default.
    """
    return (queries or session.queries).visible_homes(str(session.actor))


def is_seen(session: Session, home_id: UUID) -> bool:
    """Whether the actor may look at an entity or registry; asking is no attempt, and not recorded.

    For one; of many, :func:`visible_homes` asks once.
    """
    return _is_allowed(session, home_id, Action.VIEW)


def seen_run(session: Session, run_id: UUID | None) -> RunRow | None:
    """Return a run that something names, or ``None`` if the actor may not see it."""
    row = session.queries.run(run_id) if run_id else None
    return row if row is not None and is_seen(session, row.entity_id) else None


def administers_store(session: Session) -> bool:
    """Whether the actor administers the store. Asking is not recorded as an attempt."""
    role: Role | None = session.dry_run(lambda transaction: over_store(transaction).role)
    return role is Role.ADMIN


def _is_allowed(session: Session, home_id: UUID, action: Action) -> bool:
    return action.is_allowed_to(session.queries.standing(home_id, str(session.actor)).role)
