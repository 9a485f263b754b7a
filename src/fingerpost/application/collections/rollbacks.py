"""Undoing moves of an alias: which version comes back, and what that undoes."""

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
    """A version to go back to, and the oldest change that is undone by that."""

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
    """Return an alias to the version that it held before the last change that was not undone.

    Changes that took it off, or that led to where it is, are undone on the way: a rollback always
    leads to another version. Nothing is erased: the rollback is one more move, which tells what it
    undid, and is subject to the same rules as any other.

    Args:
        session: on whose behalf.
        alias: a custom alias.
        collection_id: the collection.
        to: go back as far as this version (``vN``); where it is there already nothing happens.
        expected: the version (``vN``) that must hold the alias now, ``None`` for "nothing may".
        reason: why, for the history.

    Returns:
        The index of the version that holds the alias then.

    Raises:
        RollbackError: there is nothing to go back to, or the version was deleted; names the next
            earlier one.
        AliasNotFoundError: nothing ever had the alias.
        AliasExpectationError: something else holds it.
        RoleRequiredError: it is protected, and the actor is no admin.
        ApprovalsMissingError: too few other people approved the version that would come back.
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
    """Iterate over what an alias can go back to, the last version first.

    Args:
        queries: the read tables.
        collection_id: the collection.
        alias: the alias.
        held: the version that has it now, which is nothing to go back to.
    """
    below: int | None = None
    while (change := queries.alias_change_below(collection_id, alias, below)) is not None:
        # What a rollback undid is no longer there to be undone, and nor is the rollback.
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
    """Return what to do instead: the last earlier version that is still there."""
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
