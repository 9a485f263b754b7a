"""Retrying the requests of a content store."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from fingerpost.domain.errors import StoreUnavailableError

from ...object_stores.failures import AttemptsExhaustedError
from ...object_stores.retrying import RetryPolicy

T = TypeVar("T")


async def attempted(location: str, attempt: Callable[[], Awaitable[T]]) -> T:
    """Return what an attempt returns; retry while the failure is transient.

    Raises:
        StoreUnavailableError: every attempt failed; names the place and the last problem.
    """
    try:
        return await RetryPolicy().run_async(attempt)
    except AttemptsExhaustedError as error:
        raise StoreUnavailableError(
            location,
            f"it cannot be reached: {error.problem} ({error.attempts} attempts)",
            "Nothing half-written is visible. Check network and service, and try again.",
        ) from error
