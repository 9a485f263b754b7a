"""Moving and removing aliases."""

from collections.abc import Mapping
from uuid import UUID

from fingerpost.domain.collection import UNSET, Collection, Unset
from fingerpost.domain.errors import VersionNotFoundError
from fingerpost.domain.names.alias import Alias, version_index
from fingerpost.domain.versions.version import VersionRef

from ..access.authority import over_collection
from ..access.lookup import label_of, no_alias, path_of
from ..access.qualify_errors import full_names
from ..read_models.rows import VersionRow
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from .approvals import with_approvals

Holder = Alias | VersionRef
"""What is to hold an alias: ``vN``, whatever holds another alias by then, or a version or its
source."""


def move(
    session: Session,
    alias: Alias,
    to: VersionRef,
    *,
    expected: str | Unset | None = UNSET,
    reason: str | None = None,
) -> None:
    """Let one custom alias point at a version, wherever it pointed before.

    See :func:`move_several`; without ``expected`` the move is unconditional.
    """
    wanted = {} if isinstance(expected, Unset) else {alias: expected}
    move_several(session, to.collection_id, {alias: to}, expected=wanted, reason=reason)


def move_several(
    session: Session,
    collection_id: UUID,
    moves: Mapping[Alias, Holder | None],
    *,
    expected: Mapping[Alias, str | None],
    reason: str | None = None,
) -> None:
    """Place, move and remove aliases of a collection in one step: all of them, or none.

    An alias that is given as a holder stands for the version that holds it before anything is
    moved, so two aliases that name each other change places.

    Args:
        session: on whose behalf.
        collection_id: the collection.
        moves: alias → what is to hold it; ``None`` takes it off.
        expected: alias → the version (``vN``) that must hold it beforehand; ``None`` for "none
            may".
        reason: why, for the history.

    Raises:
        AliasExpectationError: something else holds one of them; names it.
        VersionNotFoundError: there is no such version.
        AliasNotFoundError: nothing has an alias that is to be taken off, or that is named as a
            holder.
        RoleRequiredError: one of them is protected, and the actor is no admin.
        ApprovalsMissingError: too few other people approved where one is to move.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, collection_id)
        authority = over_collection(transaction, head)
        for alias in moves:
            # Who may not is told that, and not what there is.
            authority.require_alias(alias)
        rows = {
            alias: None if to is None else _version(transaction, head, to)
            for alias, to in moves.items()
        }
        for alias, row in rows.items():
            authority = with_approvals(transaction, authority, head, [alias], row)
        versions = {alias: None if row is None else row.as_domain() for alias, row in rows.items()}
        with full_names(transaction, head):
            transaction.record(head.move_aliases(versions, authority, expected))

    session.transact(decide, reason, subject=Subject.ALIASES)


def remove(
    session: Session,
    alias: Alias,
    collection_id: UUID,
    *,
    expected: str | Unset | None = UNSET,
    reason: str | None = None,
) -> None:
    """Take an alias off, whatever holds it; ``latest`` too.

    Raises:
        AliasNotFoundError: nothing holds it.
        AliasExpectationError: something else than expected holds it.
        RoleRequiredError: it is protected, and the actor is no admin.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, collection_id)
        authority = over_collection(transaction, head)
        transaction.record(head.remove_alias(alias, authority, expected))

    session.transact(decide, reason, subject=Subject.ALIASES)


def _version(transaction: Transaction, head: Collection, to: Holder) -> VersionRow:
    if isinstance(to, VersionRef) and to.collection_id != head.id:
        return _linked(transaction, head, to)
    index = to.index if isinstance(to, VersionRef) else _index(transaction, head, to)
    ref = VersionRef(collection_id=head.id, index=index)
    row = transaction.queries.version(ref)
    if row is None:
        label, there = label_of(transaction.queries, ref), sorted(head.aliases)
        remedy = "It was never logged, or it was deleted."
        raise VersionNotFoundError("version", label, there, remedy)
    return row


def _index(transaction: Transaction, head: Collection, alias: Alias) -> int:
    number = version_index(alias)
    # Of the head, not of the rows: all aliases as they are at one moment.
    index = head.aliases.get(alias) if number is None else number
    if index is None:
        path = path_of(transaction.queries, head.id)
        raise no_alias(path, alias, list(head.aliases))
    return index


def _linked(transaction: Transaction, head: Collection, source: VersionRef) -> VersionRow:
    row = transaction.queries.link_to(head.id, source)
    if row is None:
        label = label_of(transaction.queries, source)
        path = path_of(transaction.queries, head.id)
        remedy = f"It is no version of {path!r}, and not linked to it either."
        raise VersionNotFoundError(f"version of {path!r}", label, (), remedy)
    return row
