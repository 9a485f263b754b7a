"""Renaming and deleting collections: what happens to their names, versions and links."""

from uuid import UUID

from fingerpost.domain.aggregates.permissions import Authority
from fingerpost.domain.aggregates.streams import registry_collection_claim, source_claim
from fingerpost.domain.collection import Collection, CollectionKind
from fingerpost.domain.errors import CollectionLinkedError
from fingerpost.domain.names.alias import LATEST
from fingerpost.domain.names.names import ArtifactName, RegistryCollectionName
from fingerpost.domain.versions.version import VersionRef

from ..access.authority import over_collection
from ..access.lookup import path_of
from ..access.qualify_errors import full_names
from ..read_models.rows import CollectionRow
from ..transactions.claims import claim_for, release
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from .collections import seen_labels


def rename(
    session: Session, collection: CollectionRow, name: str, reason: str | None = None
) -> None:
    """Rename a collection and release its old name.

    Raises:
        InvalidNameError: the name is not valid.
        AlreadyExistsError: another collection in the same project or registry has it.
        CollectionNotFoundError: the collection was deleted.
        RoleRequiredError: it has a protected alias, and the actor is no admin.
    """
    is_source = collection.kind is CollectionKind.SOURCE
    checked = str(ArtifactName(name) if is_source else RegistryCollectionName(name))

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, collection.id)
        events = head.rename(checked, over_collection(transaction, head))
        if events:
            scope = "artifact" if is_source else "collection"
            claim_for(transaction, _claim_id(head, checked), scope, checked, head.id)
            release(transaction, _claim_id(head, head.name), head.id)
            transaction.record(events)

    session.transact(decide, reason, subject=Subject.COLLECTION_NAMES)


def delete(
    session: Session,
    collection: CollectionRow,
    *,
    delete_links: bool = False,
    reason: str | None = None,
) -> None:
    """Delete a collection with its versions, its aliases and the links to its versions.

    Deleting a registry collection deletes its links and keeps their sources. Its name is released.

    Raises:
        CollectionLinkedError: versions of it are linked to registries, and ``delete_links`` is
            false.
        ProtectedVersionError: such a link has a protected alias.
        CollectionNotFoundError: it was deleted already.
        RoleRequiredError: it has a protected alias, and the actor is no admin.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, collection.id)
        authority = over_collection(transaction, head)
        head.delete(authority)  # refuse before reading anything else
        if head.kind is CollectionKind.SOURCE:
            _unlink_all(transaction, head, delete_links=delete_links)
        delete_in(transaction, collection.id, authority)

    session.transact(decide, reason, subject=Subject.COLLECTION_NAMES)


def delete_in(transaction: Transaction, collection_id: UUID, authority: Authority) -> None:
    """Delete a collection without incoming links, and its own links, as part of a transaction."""
    head = transaction.load(Collection, collection_id)
    if head.kind is CollectionKind.REGISTRY:
        _withdraw_all(transaction, head, authority)
        head = transaction.load(Collection, collection_id)
    release(transaction, _claim_id(head, head.name), head.id)
    transaction.record(head.delete(authority))


def _claim_id(head: Collection, name: str) -> UUID:
    if head.kind is CollectionKind.SOURCE:
        return source_claim(head.home_id, head.project, name)
    return registry_collection_claim(head.home_id, name)


def _unlink_all(transaction: Transaction, head: Collection, *, delete_links: bool) -> None:
    links = transaction.queries.links_into(head.id)
    if links and not delete_links:
        paths = seen_labels(transaction, links)
        raise CollectionLinkedError(path_of(transaction.queries, head.id), paths)
    for link in links:
        unlink_with_source(transaction, link)


def unlink_with_source(transaction: Transaction, link: VersionRef) -> list[str]:
    """Remove a link because its source is deleted; return its custom aliases.

    Raises:
        ProtectedVersionError: it has a protected alias.
    """
    head = transaction.load(Collection, link.collection_id)
    row = transaction.queries.version(link)
    if row is None:
        # It was just unlinked, which added to the source's stream too: the append will conflict.
        return []
    chosen = [alias for alias in head.aliases_of(link.index) if alias != LATEST]
    with full_names(transaction, head):
        events = head.unlink(row.as_domain(), over_collection(transaction, head), cascade=True)
    transaction.record(events)
    return chosen


def _withdraw_all(transaction: Transaction, head: Collection, authority: Authority) -> None:
    for row in transaction.queries.versions(head.id):
        if row.source is None:
            continue
        head = transaction.load(Collection, head.id)
        transaction.record(head.unlink(row.as_domain(), authority))
        source_head = transaction.load(Collection, row.source.collection_id)
        transaction.record([source_head.withdraw(row.source.index, row.ref, authority)])
