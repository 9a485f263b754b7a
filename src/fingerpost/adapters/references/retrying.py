"""Trying again what may go through later, and giving up at once on what will not."""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from attrs import frozen

from fingerpost.domain.errors import ReferenceUnavailableError

T = TypeVar("T")

ATTEMPTS: Final = 6
LONGEST_PAUSE_S: Final = 20.0
_FIRST_PAUSE_S: Final = 0.2


@frozen
class TransientError(Exception):
    """What may go through later; never leaves the adapters.

    Attributes:
        problem: what happened, for people.
        retry_after_s: for how long the server asked to be left alone, if it did.
    """

    problem: str
    retry_after_s: float | None = None


def retrying(
    uri: str,
    attempt: Callable[[], T],
    *,
    attempts: int = ATTEMPTS,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Return what an attempt returns, trying again with growing pauses while it is transient.

    Args:
        uri: what it is about, for the message.
        attempt: raises :class:`TransientError` for what may go through later.
        attempts: how often at most.
        sleep: waits for a number of seconds.

    Raises:
        ReferenceUnavailableError: every attempt failed; names the URI and the last problem.
    """
    for number in range(1, attempts + 1):
        try:
            return attempt()
        except TransientError as error:
            if number == attempts:
                raise ReferenceUnavailableError(uri, error.problem, attempts) from error
            sleep(pause_s(number, error.retry_after_s))
    raise AssertionError


def pause_s(number: int, asked_s: float | None) -> float:
    """Return for how long to wait after a failed attempt.

    Args:
        number: of the attempt, from 1.
        asked_s: for how long the server asked to be left alone, if it did.
    """
    if asked_s is not None:
        return min(max(asked_s, 0.0), LONGEST_PAUSE_S)
    # Full jitter: many readers that failed together should not come back together.
    return random.uniform(0, min(LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**number))  # noqa: S311
