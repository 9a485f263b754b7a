"""Retrying the requests that a reference needs."""

from collections.abc import Callable
from typing import TypeVar

from fingerpost.domain.errors import ReferenceUnavailableError

from ..object_stores.failures import AttemptsExhaustedError
from ..object_stores.retrying import RetryPolicy

T = TypeVar("T")


def retried(uri: str, retry: RetryPolicy, attempt: Callable[[], T]) -> T:
    """Return what an attempt returns; retry while the failure is transient.

    Args:
        uri: of the reference, for the message.
        retry: how often and when.
        attempt: raises :class:`~fingerpost.adapters.object_stores.failures.TransientError` for
            what may succeed later.

    Raises:
        ReferenceUnavailableError: every attempt failed; names the URI and the last problem.
    """
    try:
        return retry.run(attempt)
    except AttemptsExhaustedError as error:
        raise ReferenceUnavailableError(uri, error.problem, error.attempts) from error
