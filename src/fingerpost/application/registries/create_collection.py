"""Making registry collections before anything is linked to them."""

from collections.abc import Sequence
from uuid import UUID

from attrs import frozen

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.errors import AlreadyExistsError
from fingerpost.domain.names.names import ArtifactTypeName, RegistryCollectionName, Tag
from fingerpost.domain.registry import Registry

from ..access.authority import over_registry
from ..access.lookup import path_of
from ..collections.collections import begin_registry_collection, registry_collection_named
from ..read_models.rows import CollectionRow, RegistryRow
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction


@frozen(kw_only=True)
class NewCollection:
    """A collection that is to be made.

    Attributes:
        type: the artifact type that it is to keep; ``None`` for the only one that the registry
            permits, or where it permits several, for that of the first link.
    """

    name: RegistryCollectionName
    type: ArtifactTypeName | None
    description: str | None
    tags: Sequence[Tag]


def create(
    session: Session, registry: RegistryRow, new: NewCollection, reason: str | None = None
) -> CollectionRow:
    """Make an empty collection in a registry.

    Raises:
        AlreadyExistsError: the registry has one of that name; nothing is changed.
        TypeNotPermittedError: the registry does not permit the type.
        RoleRequiredError: the actor may not make collections there.
    """
    made = session.transact(
        lambda transaction: _create(transaction, registry.id, new),
        reason,
        subject=Subject.EMPTY_COLLECTIONS,
    )
    row = session.queries.collection(made)
    if row is None:
        msg = f"the read tables have no collection {made}"
        raise LookupError(msg)
    return row


def _create(transaction: Transaction, registry_id: UUID, new: NewCollection) -> UUID:
    registry = transaction.load(Registry, registry_id)
    authority = over_registry(transaction, registry)
    # Who may not is told that, and not what there is.
    authority.require(Action.CREATE_COLLECTION)
    held = registry_collection_named(transaction, registry, new.name)
    if held is not None:
        path = path_of(transaction.queries, held.id)
        remedy = f"Use it with Api().collection({path!r}), or choose another name."
        raise AlreadyExistsError("collection", path, remedy)
    kind = _type(registry, new.type)
    head = begin_registry_collection(
        transaction, registry, new.name, kind, authority, new.description
    )
    transaction.record(head.retag(new.tags, (), frozenset(), authority))
    return head.id


def _type(registry: Registry, given: ArtifactTypeName | None) -> str:
    if given is not None:
        registry.require_permitted(given)
        return str(given)
    only = registry.artifact_types
    return next(iter(only)) if len(only) == 1 else ""
