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
"""Where an alias moves to: ``vN``, another alias, a version, or the source of a link."""


def move(
    session: Session,
    alias: Alias,
    to: VersionRef,
    *,
    expected: str | Unset | None = UNSET,
    reason: str | None = None,
) -> None:
    """Move one custom alias to a version.

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
    """Move and remove aliases of a collection in one step: all of them, or none.

    An alias given as a target stands for the version that it points at before the step, so two
    aliases that name each other are swapped.

    Args:
        session: the acting user's session.
        collection_id: the collection.
        moves: alias → where it moves to; ``None`` removes it.
        expected: alias → the version (``vN``) that it must point at before the step; ``None`` if at
            none.
        reason: why, for the history.

    Raises:
        AliasExpectationError: one of them points at another version; names it.
        VersionNotFoundError: a target does not exist.
        AliasNotFoundError: an alias that is to be removed, or that is given as a target, does not
            exist.
        RoleRequiredError: one of them is protected, and the actor is no admin.
        ApprovalsMissingError: too few other people approved one of the moves.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, collection_id)
        authority = over_collection(transaction, head)
        for alias in moves:
            # The role is checked first: an actor without it does not learn what exists.
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
    """Remove an alias; ``latest`` too.

    Raises:
        AliasNotFoundError: it does not exist.
        AliasExpectationError: it does not point at the expected version.
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
    # Read from the head and not from the rows: all aliases as of one moment.
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
