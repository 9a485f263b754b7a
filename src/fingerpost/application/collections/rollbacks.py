"""Rolling back aliases: which version an alias returns to, and which changes that undoes."""

from collections.abc import Iterator
from uuid import UUID

from attrs import frozen

from fingerpost.domain.collection import UNSET, Collection, Unset
from fingerpost.domain.errors import InvalidValueError, RollbackError
from fingerpost.domain.names.alias import Alias, version_index, version_label
from fingerpost.domain.names.text import plain
from fingerpost.domain.versions.version import VersionRef

from ..access.authority import over_collection
from ..access.lookup import no_alias, path_of
from ..access.qualify_errors import full_names
from ..ports.queries import Queries
from ..read_models.rows import AliasChange, VersionRow
from ..transactions.command_subjects import Subject
from ..transactions.transaction import Session, Transaction
from .approvals import with_approvals


@frozen
class RollbackStep:
    """A version to return to, and the oldest change that this undoes."""

    index: int
    undoes: AliasChange


def rollback(
    session: Session,
    alias: Alias,
    collection_id: UUID,
    *,
    to: str | None = None,
    expected: str | Unset | None = UNSET,
    reason: str | None = None,
) -> int:
    """Move an alias back to its version before the last change that was not undone.

    Removals, and changes that led to the present version, are undone too: a rollback always leads
    to another version. Nothing is erased: the rollback is one more move, which records what it
    undid and follows the same rules as any move.

    Args:
        session: the acting user's session.
        alias: a custom alias.
        collection_id: the collection.
        to: the version (``vN``) to return to; nothing changes if the alias points there already.
        expected: the version (``vN``) that the alias must point at now; ``None`` if at none.
        reason: why, for the history.

    Returns:
        The index of the version that the alias points at afterwards.

    Raises:
        RollbackError: there is no version to return to, or it was deleted; names the next earlier
            one.
        AliasNotFoundError: the alias never existed.
        AliasExpectationError: it points at another version.
        RoleRequiredError: it is protected, and the actor is no admin.
        ApprovalsMissingError: too few other people approved the version to return to.
    """
    wanted = None if to is None else _index(to)
    custom = alias.custom()

    def decide(transaction: Transaction) -> int:
        head = transaction.load(Collection, collection_id)
        authority = over_collection(transaction, head)
        authority.require_alias(custom)
        head.expect(custom, expected)
        held = head.aliases.get(custom)
        if wanted is not None and wanted == held:
            return wanted
        step = _step(transaction.queries, head, custom, wanted)
        row = _row(transaction.queries, head, custom, step)
        authority = with_approvals(transaction, authority, head, [custom], row)
        undoes = step.undoes.event_version
        with full_names(transaction, head):
            transaction.record(head.roll_back(custom, row.as_domain(), undoes, authority))
        return step.index

    return session.transact(decide, reason, subject=Subject.ROLLBACKS)


def steps_back(
    queries: Queries, collection_id: UUID, alias: str, held: int | None
) -> Iterator[RollbackStep]:
    """Iterate over the versions that an alias can return to, the latest first.

    Args:
        queries: the read tables.
        collection_id: the collection.
        alias: the alias.
        held: the version that it points at now, which is left out.
    """
    below: int | None = None
    while (change := queries.alias_change_below(collection_id, alias, below)) is not None:
        # Neither a rollback nor the changes that it undid can be undone again.
        below = change.position if change.undoes is None else change.undoes
        if change.undoes is None and change.from_version is not None:
            index = version_index(change.from_version)
            if index is not None and index != held:
                yield RollbackStep(index, change)


def _step(queries: Queries, head: Collection, alias: Alias, wanted: int | None) -> RollbackStep:
    steps = steps_back(queries, head.id, alias, head.aliases.get(alias))
    found = next((step for step in steps if wanted in (None, step.index)), None)
    if found is not None:
        return found
    path = path_of(queries, head.id)
    if queries.first_alias_change(head.id, alias) is None:
        raise no_alias(path, alias, list(head.aliases))
    if wanted is None:
        problem = "no other version had it before the changes that were not undone"
        raise RollbackError(f"{path}:{alias}", problem, "Set it where it is to be instead.")
    problem = f"{version_label(wanted)} did not have it before the changes that were not undone"
    raise RollbackError(f"{path}:{alias}", problem, _earlier(queries, head, alias))


def _row(queries: Queries, head: Collection, alias: Alias, step: RollbackStep) -> VersionRow:
    row = queries.version(VersionRef(collection_id=head.id, index=step.index))
    if row is None:
        path = path_of(queries, head.id)
        problem = f"{version_label(step.index)}, which had it before, was deleted"
        raise RollbackError(f"{path}:{alias}", problem, _earlier(queries, head, alias))
    return row


def _earlier(queries: Queries, head: Collection, alias: Alias) -> str:
    """Return the remedy: roll back to the last earlier version that still exists."""
    seen: set[int] = set()
    for step in steps_back(queries, head.id, alias, head.aliases.get(alias)):
        if step.index in seen:
            continue
        seen.add(step.index)
        if queries.version(VersionRef(collection_id=head.id, index=step.index)) is not None:
            label = version_label(step.index)
            return f"The next earlier one is {label}: pass to={label!r} (--to {label})."
    return "No earlier version is left: set it where it is to be instead."


def _index(to: str) -> int:
    index = version_index(plain(to) or "")
    if index is None:
        raise InvalidValueError("version to go back to", to, "it is 'vN'", "For example 'v0'.")
    return index
