"""Editing a collection's description and tags while others may edit them too."""

from collections.abc import Sequence
from uuid import UUID

from attrs import frozen

from fingerpost.domain.aggregates.permissions import Action
from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import EditConflictError
from fingerpost.domain.metadata.merge import Change, merged_value
from fingerpost.domain.names.names import Tag

from ..access.authority import over_collection
from ..access.lookup import path_of
from ..read_models.rows import CollectionRow
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction


@frozen(kw_only=True)
class CollectionEdit:
    """Changes to a collection. A field that is ``None`` or empty is not changed.

    The edit names the description that it replaces. If another writer has changed it meanwhile, the
    whole edit is refused.
    """

    description: Change[str | None] | None = None
    add_tags: Sequence[Tag] = ()
    remove_tags: Sequence[Tag] = ()


def edit(
    session: Session,
    collection_id: UUID,
    changes: CollectionEdit,
    reason: str | None = None,
) -> None:
    """Change a collection in one step; only differences become events.

    Raises:
        CollectionNotFoundError: it was deleted.
        EditConflictError: another writer changed the description; nothing is changed.
        RoleRequiredError: the actor may not change it.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, collection_id)
        authority = over_collection(transaction, head)
        # The role is checked first: an actor without it does not learn about other changes.
        authority.require(Action.DESCRIBE)
        row = _row(transaction, head)
        if changes.description is not None:
            wanted, clashes = merged_value("description", changes.description, row.description)
            if clashes:
                raise EditConflictError(path_of(transaction.queries, head.id), clashes)
            transaction.record(head.describe(wanted, row.description, authority))
            head = transaction.load(Collection, collection_id)
        transaction.record(head.retag(changes.add_tags, changes.remove_tags, row.tags, authority))

    session.transact(decide, reason, subject=Subject.COLLECTION_EDITS)


def _row(transaction: Transaction, head: Collection) -> CollectionRow:
    row = transaction.queries.collection(head.id)
    if row is None:
        msg = f"the read tables have no collection {head.id}"
        raise LookupError(msg)
    return row
