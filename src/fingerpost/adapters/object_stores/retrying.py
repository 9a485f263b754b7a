"""Retrying what may succeed later, and nothing else."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Final, TypeVar

from attrs import field, frozen

from .failures import AttemptsExhaustedError, TransientError

T = TypeVar("T")

ATTEMPTS: Final = 6


@frozen(kw_only=True)
class RetryPolicy:
    """How often a request is made, and how long the pauses between attempts are.

    Attributes:
        attempts: how many attempts are made at most.
        first_pause_s: upper bound of the first pause is twice this; it doubles with each attempt.
        longest_pause_s: upper bound of every pause, also of one that a server asks for.
        sleep: waits for a number of seconds, in :meth:`run`.
    """

    attempts: int = ATTEMPTS
    first_pause_s: float = 0.2
    longest_pause_s: float = 20.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def run(self, attempt: Callable[[], T]) -> T:
        """Return what an attempt returns; retry while it raises :class:`TransientError`.

        Raises:
            AttemptsExhaustedError: every attempt failed.
        """
        for number in count(1):
            try:
                return attempt()
            except TransientError as error:
                self._require_another(number, error)
                self.sleep(self.pause_s(number, error.retry_after_s))
        raise AssertionError

    async def run_async(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Do the same as :meth:`run` in an event loop.

        Raises:
            AttemptsExhaustedError: every attempt failed.
        """
        for number in count(1):
            try:
                return await attempt()
            except TransientError as error:
                self._require_another(number, error)
                await asyncio.sleep(self.pause_s(number, error.retry_after_s))
        raise AssertionError

    def pause_s(self, number: int, asked_s: float | None) -> float:
        """Return how long to wait after a failed attempt.

        Args:
            number: of the attempt, from 1.
            asked_s: how long the server asked the client to wait, if it did.
        """
        if asked_s is not None:
            return min(max(asked_s, 0.0), self.longest_pause_s)
        # Full jitter: many clients that failed together should not return together.
        return random.uniform(0, min(self.longest_pause_s, self.first_pause_s * 2**number))  # noqa: S311

    def _require_another(self, number: int, error: TransientError) -> None:
        if number >= self.attempts:
            raise AttemptsExhaustedError(error.problem, self.attempts) from error
