"""Making requests in the event loop of a client: tried again, and ended with whoever waits."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final, TypeVar

from fingerpost.domain.errors import StoreUnavailableError

from ...references.retrying import ATTEMPTS, TransientError, pause_s

T = TypeVar("T")

_CLEANUP_S: Final = 30.0
"""How long a Ctrl-C waits for an upload to take its parts back."""


async def attempted(location: str, attempt: Callable[[], Awaitable[T]]) -> T:
    """Return what an attempt returns, trying again with growing pauses while it is transient.

    Raises:
        StoreUnavailableError: every attempt failed; names the place and the last problem.
    """
    for number in range(1, ATTEMPTS + 1):
        try:
            return await attempt()
        except TransientError as error:
            if number == ATTEMPTS:
                raise StoreUnavailableError(
                    location,
                    f"it cannot be reached: {error.problem} ({ATTEMPTS} attempts)",
                    "Nothing half-written is visible. Check network and service, and try again.",
                ) from error
            await asyncio.sleep(pause_s(number, error.retry_after_s))
    raise AssertionError


def begun(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> "Future[T]":
    """Begin work in a loop that runs in another thread."""
    return asyncio.run_coroutine_threadsafe(work, loop)


def awaited(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    """Return what work in another thread's loop returns.

    Whatever ends the waiting, such as Ctrl-C, ends the work as well: it is cancelled, and has
    cleaned up after itself when this raises.
    """
    finished = threading.Event()

    async def watched() -> T:
        try:
            return await work
        finally:
            finished.set()

    future = begun(loop, watched())
    try:
        return future.result()
    except BaseException:
        if not finished.is_set() and future.cancel():
            with suppress(KeyboardInterrupt):
                finished.wait(_CLEANUP_S)
        raise
