"""Running requests in the event loop of a file system, which has a thread of its own."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final, TypeVar

T = TypeVar("T")

_CLEANUP_S: Final = 30.0
"""How long Ctrl-C waits for an upload to remove its parts."""


def begun(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> "Future[T]":
    """Start work in a loop that runs in another thread."""
    return asyncio.run_coroutine_threadsafe(work, loop)


def awaited(loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T]) -> T:
    """Return what work in another thread's loop returns.

    If the wait is interrupted, for example by Ctrl-C, the work is cancelled, and has cleaned up
    when this function raises.
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
