"""Taking names: a claim is a stream whose identity is made from the name."""

from uuid import UUID

from fingerpost.domain.aggregates.name_claim import NameClaim
from fingerpost.domain.aggregates.streams import holder

from .transaction import Transaction


def claim(transaction: Transaction, claim_id: UUID, scope: str, name: str) -> UUID:
    """Take a name for something new, and return the identity that it is to have.

    The identity follows from the name and from how often it was taken before, so that two writers
    who take it at once collide.

    Raises:
        AlreadyExistsError: something has the name.
    """
    taken = transaction.find(NameClaim, claim_id)
    holder_id = holder(claim_id, taken.version + 1 if taken else 1)
    claim_for(transaction, claim_id, scope, name, holder_id)
    return holder_id


def claim_for(
    transaction: Transaction, claim_id: UUID, scope: str, name: str, holder_id: UUID
) -> None:
    """Take a name for something whose identity is known.

    Raises:
        AlreadyExistsError: something has the name.
    """
    claimed = transaction.find(NameClaim, claim_id) or NameClaim.unclaimed(claim_id)
    event = claimed.claim(holder_id, scope=scope, name=str(name), by=transaction.by)
    transaction.begin(claimed.apply(event), event)


def is_taken(transaction: Transaction, claim_id: UUID) -> bool:
    """Whether something has the name."""
    taken = transaction.find(NameClaim, claim_id)
    return taken is not None and taken.holder_id is not None


def release(transaction: Transaction, claim_id: UUID, holder_id: UUID) -> None:
    """Give a name back, so that something else may take it.

    Raises:
        ConcurrencyError: it changed hands since its holder was looked at.
    """
    claimed = transaction.load(NameClaim, claim_id)
    transaction.record([claimed.release(holder_id, transaction.by)])
