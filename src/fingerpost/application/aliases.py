"""Moving and removing aliases."""

from uuid import UUID

from fingerpost.domain.alias import Alias
from fingerpost.domain.collection import UNSET, Collection, Unset
from fingerpost.domain.errors import VersionNotFoundError
from fingerpost.domain.version import VersionRef

from .approvals import with_approvals
from .collections import authority_over
from .transaction import Session, Transaction


def move(
    session: Session,
    alias: Alias,
    to: VersionRef,
    *,
    expected: str | Unset | None = UNSET,
    reason: str | None = None,
) -> None:
    """Let a custom alias point at a version, wherever it pointed before.

    Args:
        session: on whose behalf.
        alias: the alias.
        to: the version that is to hold it.
        expected: the version (``vN``) that must hold it now; ``None`` for "none may".
        reason: why, for the history.

    Raises:
        AliasExpectationError: something else holds it; names it.
        VersionNotFoundError: there is no such version.
        RoleRequiredError: it is protected, and the actor is no admin.
        ApprovalsMissingError: too few other people approved the version.
    """

    def decide(transaction: Transaction) -> None:
        head = transaction.load(Collection, to.collection_id)
        authority = authority_over(transaction, head)
        authority.require_alias(alias)
        row = transaction.queries.version(to)
        if row is None:
            raise VersionNotFoundError("version", head.label(to.index), sorted(head.aliases))
        authority = with_approvals(transaction, authority, head, [alias], row)
        transaction.record(head.move_alias(alias, row.as_domain(), authority, expected))

    session.transact(decide, reason)


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
        authority = authority_over(transaction, head)
        transaction.record(head.remove_alias(alias, authority, expected))

    session.transact(decide, reason)
