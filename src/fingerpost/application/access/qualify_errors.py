"""Qualifying collection names in errors with the entity or registry, which a head does not know."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from attrs import evolve

from fingerpost.domain.collection import Collection
from fingerpost.domain.errors import (
    ApprovalsMissingError,
    LinkedVersionError,
    ProtectedVersionError,
    TypeMismatchError,
    VersionHasAliasesError,
)

from ..transactions.transaction import Transaction

NAMING_A_VERSION: Final = (
    ApprovalsMissingError,
    LinkedVersionError,
    ProtectedVersionError,
    VersionHasAliasesError,
)


@contextmanager
def full_names(transaction: Transaction, head: Collection) -> Iterator[None]:
    """Re-raise a collection's errors with ``entity/project/name`` in the message."""
    try:
        yield
    except NAMING_A_VERSION as error:
        raise evolve(error, version=_full(transaction, head, error.version)) from None
    except TypeMismatchError as error:
        raise evolve(error, name=_full(transaction, head, error.name)) from None


def _full(transaction: Transaction, head: Collection, label: str) -> str:
    row = transaction.queries.collection(head.id)
    # A collection that this transaction creates has no row yet.
    return label if row is None else row.path + label.removeprefix(head.path)
