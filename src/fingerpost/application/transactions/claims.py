"""Claiming names: a claim is a stream whose identity is derived from the name."""

from uuid import UUID

from fingerpost.domain.aggregates.name_claim import NameClaim
from fingerpost.domain.aggregates.streams import holder

from .transaction import Transaction


def claim(transaction: Transaction, claim_id: UUID, scope: str, name: str) -> UUID:
    """Claim a name for something new, and return its identity.

    The identity is derived from the name and from how often it was claimed before, so that two
    concurrent writers collide.

    Raises:
        AlreadyExistsError: the name is taken.
    """
    taken = transaction.find(NameClaim, claim_id)
    holder_id = holder(claim_id, taken.version + 1 if taken else 1)
    claim_for(transaction, claim_id, scope, name, holder_id)
    return holder_id


def claim_for(
    transaction: Transaction, claim_id: UUID, scope: str, name: str, holder_id: UUID
) -> None:
    """Claim a name for something with an identity.

    Raises:
        AlreadyExistsError: the name is taken.
    """
    claimed = transaction.find(NameClaim, claim_id) or NameClaim.unclaimed(claim_id)
    event = claimed.claim(holder_id, scope=scope, name=str(name), by=transaction.by)
    transaction.begin(claimed.apply(event), event)


def is_taken(transaction: Transaction, claim_id: UUID) -> bool:
    """Whether the name is taken."""
    taken = transaction.find(NameClaim, claim_id)
    return taken is not None and taken.holder_id is not None


def release(transaction: Transaction, claim_id: UUID, holder_id: UUID) -> None:
    """Release a name.

    Raises:
        ConcurrencyError: its holder has changed since it was read.
    """
    claimed = transaction.load(NameClaim, claim_id)
    transaction.record([claimed.release(holder_id, transaction.by)])
