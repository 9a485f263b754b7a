"""Doing the same to many items on a few threads; the first thing that goes wrong stops it."""

import time
from collections.abc import Callable, Iterable
from threading import Event, Lock, Thread
from typing import Final, Generic, TypeVar

from fingerpost.application.ports.content_store import BytesWritten

T = TypeVar("T")

Action = Callable[[T, BytesWritten], None]
"""Handles an item; reports the bytes that it handles, often, and lets what that raises pass."""

_PAUSE_S: Final = 0.05
"""How often progress is told, and Ctrl-C is looked for where a system cannot interrupt a wait."""


_STARTING_S: Final = 0.5
"""How long a thread may take from being launched to its first step."""


class _StoppedError(Exception):
    """Another thread failed, or the caller gave up."""


def for_each(
    action: Action[T],
    items: Iterable[T],
    *,
    threads: int,
    is_small: Callable[[T], bool] = lambda _: False,
    progress: BytesWritten | None = None,
) -> None:
    """Handle all items, and return when that is done.

    Items are taken from the iterable one by one, as threads become free; none is held that is not
    being handled.

    Args:
        action: what to do.
        items: in order; iterated over by one thread at a time.
        threads: how many; with one, everything is done in the caller's.
        is_small: whether an item is better not handled beside another small one. Threads that open
            many small files spend their time waiting for Python's lock: two take twice as long as
            one.
        progress: receives the number of bytes handled since the last call; always called in the
            caller's thread.

    Raises:
        Exception: what the action, the iterable or ``progress`` raised; everything else is stopped
            first. Of several errors, that of the item which comes first.
        KeyboardInterrupt: likewise. Only a second one does not wait for threads that are stuck.
    """
    if threads == 1:
        for item in items:
            action(item, progress or _ignore)
        return
    _Crew(action, items, is_small).work(threads, progress or _ignore)


class _Crew(Generic[T]):
    def __init__(
        self, action: Action[T], items: Iterable[T], is_small: Callable[[T], bool]
    ) -> None:
        self._action = action
        self._is_small = is_small
        self._items = enumerate(items)
        self._taken = 0
        self._taking = Lock()
        self._counting = Lock()
        self._handled_bytes = 0
        self._failures: list[tuple[int, BaseException]] = []
        self._is_stopped = False
        self._begun_count = 0
        self._ended_count = 0
        self._one_ended = Event()

    def work(self, threads: int, progress: BytesWritten) -> None:
        # Daemons: a thread that is stuck in a read shall not keep the interpreter from ending.
        names = (f"fingerpost-worker-{number}" for number in range(threads))
        team = [Thread(target=self._run, name=name, daemon=True) for name in names]
        launched: list[Thread] = []
        try:
            for thread in team:
                launched.append(thread)
                thread.start()
            while not self._is_over(threads):
                self._tell(progress)
        finally:
            self._is_stopped = True
            self._end(launched)
        if self._failures:
            raise min(self._failures, key=lambda failure: failure[0])[1]
        self._tell(progress)

    def _is_over(self, threads: int) -> bool:
        """Wait a little; return whether so many threads have done their work."""
        # Not Thread.join: interrupted by Ctrl-C, Python 3.11 takes the thread for ended
        # (https://github.com/python/cpython/issues/90882).
        self._one_ended.clear()
        if self._ended_count < threads:
            self._one_ended.wait(_PAUSE_S)
        return self._ended_count >= threads

    def _end(self, launched: list[Thread]) -> None:
        # Ctrl-C may have come while one was starting: nobody knows then whether it will.
        deadline_s = time.monotonic() + _STARTING_S
        while self._begun_count < len(launched) and time.monotonic() < deadline_s:
            time.sleep(_PAUSE_S / 10)
        while not self._is_over(self._begun_count):
            pass
        for thread in launched:
            if thread.is_alive():
                thread.join()

    def _tell(self, progress: BytesWritten) -> None:
        with self._counting:
            handled_bytes, self._handled_bytes = self._handled_bytes, 0
        if handled_bytes and not self._failures:
            progress(handled_bytes)

    def _handled(self, count: int) -> None:
        if self._is_stopped:
            raise _StoppedError
        with self._counting:
            self._handled_bytes += count

    def _run(self) -> None:
        with self._counting:
            self._begun_count += 1
        try:
            while not self._is_stopped:
                with self._taking:
                    job = self._next()
                if job is None:
                    break
                self._do(*job)
        finally:
            with self._counting:
                self._ended_count += 1
            self._one_ended.set()

    def _next(self) -> tuple[int, T] | None:
        """Return the next large item; small ones on the way to it are handled here, in turn."""
        try:
            for number, item in self._items:
                self._taken = number + 1
                if self._is_stopped:
                    return None
                if not self._is_small(item):
                    return number, item
                self._do(number, item)
        except BaseException as error:  # noqa: BLE001 - raised in the caller's thread
            self._fail(self._taken, error)
        return None

    def _do(self, number: int, item: T) -> None:
        try:
            self._action(item, self._handled)
        except _StoppedError:
            pass
        except BaseException as error:  # noqa: BLE001 - raised in the caller's thread
            self._fail(number, error)

    def _fail(self, number: int, error: BaseException) -> None:
        self._failures.append((number, error))
        self._is_stopped = True


def _ignore(_: int) -> None:
    pass
