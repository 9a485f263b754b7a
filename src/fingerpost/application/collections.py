"""Collections: finding their heads, and making those that are not there yet."""

from fingerpost.domain.collection import Collection, CollectionKind
from fingerpost.domain.names import (
    ArtifactName,
    ArtifactType,
    ProjectName,
    RegistryCollectionName,
)
from fingerpost.domain.organization import Entity
from fingerpost.domain.permissions import Authority
from fingerpost.domain.registry import Registry
from fingerpost.domain.streams import registry_collection_claim, source_claim

from .access import in_registry, over_entity
from .claims import claim
from .rows import CollectionRow
from .transaction import Session, Transaction


def authority_over(transaction: Transaction, collection: Collection) -> Authority:
    """Return the actor's authority over a collection's versions and aliases."""
    if collection.kind is CollectionKind.REGISTRY:
        return in_registry(transaction, transaction.load(Registry, collection.home_id))
    return over_entity(transaction, transaction.load(Entity, collection.home_id))


def source_collection(
    transaction: Transaction,
    entity: Entity,
    project: ProjectName,
    name: ArtifactName,
    kind: ArtifactType,
) -> Collection:
    """Return a source collection's head; create it in this transaction if need be."""
    row = transaction.queries.collection_named(entity.id, project, name)
    if row is not None:
        return transaction.load(Collection, row.id)
    event = Collection.create(
        claim(transaction, source_claim(entity.id, project, name), "artifact", name),
        kind=CollectionKind.SOURCE,
        home_id=entity.id,
        project=str(project),
        name=str(name),
        type=str(kind),
        authority=over_entity(transaction, entity),
    )
    head = Collection.begin(event)
    transaction.begin(head, event)
    return head


def registry_collection(
    transaction: Transaction,
    registry: Registry,
    name: RegistryCollectionName,
    kind: str,
    authority: Authority,
) -> Collection:
    """Return a registry collection's head; create it in this transaction if need be."""
    row = transaction.queries.collection_named(registry.id, "", name)
    if row is not None:
        return transaction.load(Collection, row.id)
    event = Collection.create(
        claim(transaction, registry_collection_claim(registry.id, name), "collection", name),
        kind=CollectionKind.REGISTRY,
        home_id=registry.id,
        project="",
        name=str(name),
        type=kind,
        authority=authority,
    )
    head = Collection.begin(event)
    transaction.begin(head, event)
    return head


def describe(session: Session, collection: CollectionRow, description: str | None) -> None:
    """Change a collection's description."""

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, collection.id)
        row = transaction.queries.collection(collection.id)
        current = row.description if row else None
        authority = authority_over(transaction, head)
        transaction.record(head.describe(description, current, authority))

    session.transact(decide)
