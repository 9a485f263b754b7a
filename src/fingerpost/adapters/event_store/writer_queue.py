"""Writers of one file wait for each other in a queue of the operating system, asleep.

Left to itself SQLite polls: of eight processes that write at once each sleeps for a while and looks
again, nobody is next, and some wait for seconds. Here a writer takes two locks: first the gate, in
which one waits, and then the turn, for which one alone ever waits. So whoever has just written
cannot be next again while somebody is in the gate.

The locks are `flock`s on two files beside the ledger, which stay there, empty. The kernel frees
them when their process dies. They only spread the load: what may be written is still up to SQLite,
so where there is no `flock` writers poll as ever.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Final
from weakref import WeakSet

try:
    import fcntl
except ImportError:  # Windows
    _HAS_LOCKS = False
else:
    _HAS_LOCKS = True

_WITHOUT_LOCKS: Final = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL}
_NOT_OURS: Final = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOSPC}


class TurnTimeoutError(Exception):
    """Other processes have been writing all the while."""


class _Place:
    """A place in the queue: two open files of its own, each locked or not."""

    def __init__(self, gate: FileIO, turn: FileIO) -> None:
        self._gate, self._turn = gate, turn
        self._is_over = Event()
        self._is_left = False
        self._deciding = Lock()
        self._error: OSError | None = None
        _PLACES.add(self)

    def take_at_once(self) -> bool:
        """Return whether nobody else was there; then it is this place's turn."""
        if not _try(self._gate):
            return False
        try:
            return _try(self._turn)
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)

    def wait(self, timeout_s: float) -> None:
        """Wait for the turn.

        In a thread, since a lock cannot be waited for with a timeout. If nobody waits any more when
        it gets the turn, it gives it back.

        Raises:
            TurnTimeoutError: it did not come in time.
            OSError: there are no locks.
        """
        Thread(target=self._take, name="fingerpost-writer-queue", daemon=True).start()
        try:
            self._is_over.wait(timeout_s)
        finally:
            with self._deciding:
                # Between the timeout, or a Ctrl-C, and here it may have come after all.
                self._is_left = not self._is_over.is_set()
        if self._is_left:
            raise TurnTimeoutError
        if self._error is not None:
            raise self._error

    def _take(self) -> None:
        try:
            fcntl.flock(self._gate, fcntl.LOCK_EX)
            fcntl.flock(self._turn, fcntl.LOCK_EX)
            fcntl.flock(self._gate, fcntl.LOCK_UN)
        except OSError as error:
            self._error = error
        with self._deciding:
            self._is_over.set()
            if self._is_left:
                self._give_back()

    def leave(self) -> None:
        """Give the turn back, or leave the queue."""
        with self._deciding:
            if not self._is_left:  # else the thread that is waiting still does it
                self._give_back()

    def _give_back(self) -> None:
        # By name, and not only by closing: a process that was forked meanwhile has the files too.
        for file in (self._turn, self._gate):
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_UN)
        self.forget()

    def forget(self) -> None:
        """Close the files."""
        self._turn.close()
        self._gate.close()


_PLACES: Final[WeakSet[_Place]] = WeakSet()


def _forget_places() -> None:
    # What a forked child holds of them would keep them locked when the parent is killed.
    for place in list(_PLACES):
        place.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_places)


class WriterQueue:
    """The queue of all processes that write to a file.

    Args:
        path: the file; the locks are beside it.
    """

    def __init__(self, path: Path) -> None:
        self._files = [path.with_name(f"{path.name}-{name}") for name in ("gate", "turn")]

    @contextmanager
    def turn(self, timeout_s: float) -> Iterator[None]:
        """Wait until it is this process's turn to write, and keep it for a block.

        Where there are no locks, or the folder may not be written, nobody waits.

        Args:
            timeout_s: how long to wait.

        Raises:
            TurnTimeoutError: other processes have been writing all the while.
        """
        place = self._place()
        if place is None:
            yield
            return
        try:
            self._wait(place, timeout_s)
            yield
        finally:
            place.leave()

    @staticmethod
    def _wait(place: _Place, timeout_s: float) -> None:
        try:
            if not place.take_at_once():
                place.wait(timeout_s)
        except OSError as error:
            if error.errno not in _WITHOUT_LOCKS:
                raise

    def _place(self) -> _Place | None:
        if not _HAS_LOCKS:
            return None
        try:
            gate, turn = (path.open("ab", buffering=0) for path in self._files)
        except OSError as error:
            if error.errno not in _NOT_OURS:
                raise
            return None
        return _Place(gate, turn)


def _try(file: FileIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
