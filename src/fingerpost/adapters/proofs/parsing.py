"""What others hand in, read; what is wrong with it is one of Fingerpost's errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from fingerpost.domain.errors import UnprovenError
from fingerpost.verifier import Checkpoint, ProofError, VerifierKey


@contextmanager
def unproven(what: str) -> Iterator[None]:
    """Raise what the verifier says as an error about ``what``."""
    try:
        yield
    except ProofError as error:
        raise UnprovenError(what, str(error)) from error


def read_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        UnprovenError: it is none.
    """
    with unproven("what was handed in as a checkpoint"):
        return Checkpoint.parse(text)


def read_key(text: str) -> VerifierKey:
    """Read a public key.

    Raises:
        UnprovenError: it is none.
    """
    with unproven("what was handed in as a public key"):
        return VerifierKey.parse(text)
