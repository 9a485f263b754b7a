"""Who relies on content that is there, and who removes some: never both at once.

Whoever logs *holds* the store, many at once. Whoever removes *clears* it: waits until nobody holds
it, and keeps newcomers out for a moment. A waiting remover closes a gate, so that writers whose
holds overlap cannot keep it waiting for ever; it opens the gate again after a while, so that one
writer who takes hours does not stop all others.
"""

import errno
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final, Protocol

from fingerpost.domain.errors import StoreUnavailableError

from .volume import as_unavailable

try:
    import fcntl
except ImportError:  # Windows
    HAS_LOCKS = False
else:
    HAS_LOCKS = True

TIMEOUT_S: Final = 60.0
"""How long anybody waits before it gives up with an error."""

_GATE_S: Final = 2.0
"""How long a waiting remover keeps newcomers out at a time."""

_PAUSE_S: Final = 0.5
_SHORTEST_WAIT_S: Final = 0.001
_LONGEST_WAIT_S: Final = 0.02


class ContentLock(Protocol):
    """Holding and clearing one store; safe for several threads."""

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the store."""
        ...

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Have the store to oneself; for short blocks."""
        ...

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Be the only garbage collection."""
        ...


class FolderContentLock:
    """Holds by locks on files in a folder, which hold between processes.

    The system releases a lock when its process dies. Every hold opens the file anew, so threads
    and a forked child do not share theirs.

    Args:
        folder: made by the first hold.
        location: of the store, for error messages.
        timeout_s: see :data:`TIMEOUT_S`.
    """

    def __init__(self, folder: Path, location: str, timeout_s: float = TIMEOUT_S) -> None:
        self._folder = folder
        self._location = location
        self._timeout_s = timeout_s

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the store; without locks in the system, do nothing (nothing is removed then)."""
        if not HAS_LOCKS:
            yield
            return
        with self._file("hold") as hold:
            with self._file("gate") as gate:
                deadline = time.monotonic() + self._timeout_s
                if not (
                    self._locked(gate, deadline) and self._locked(hold, deadline, is_shared=True)
                ):
                    raise blocked(self._location, self._timeout_s)
            yield

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Have the store to oneself."""
        with self._file("hold") as hold, self._file("gate") as gate:
            deadline = time.monotonic() + self._timeout_s
            while not self._is_exclusive(hold, gate, deadline):
                if time.monotonic() > deadline:
                    raise busy(self._location, self._timeout_s)
                time.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311 - writers take their turns
            yield

    def _is_exclusive(self, hold: IO[bytes], gate: IO[bytes], deadline: float) -> bool:
        if not self._locked(gate, deadline, must=True):
            return False
        if self._locked(hold, time.monotonic() + min(_GATE_S, self._timeout_s), must=True):
            return True
        fcntl.flock(gate, fcntl.LOCK_UN)
        return False

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Be the only garbage collection."""
        with self._file("sweep") as sweep:
            if not self._locked(sweep, time.monotonic(), must=True):
                raise another(self._location)
            yield

    @contextmanager
    def _file(self, name: str) -> Iterator[IO[bytes]]:
        owner = os.getpid()
        with as_unavailable(self._location):
            self._folder.mkdir(parents=True, exist_ok=True)
            file = (self._folder / name).open("ab", buffering=0)
        with file:
            try:
                yield file
            finally:
                # Closing is not enough where a child that was forked meanwhile has the file too;
                # and that child must not let go of what is its parent's.
                if owner == os.getpid():
                    with suppress(OSError):
                        fcntl.flock(file, fcntl.LOCK_UN)

    def _locked(
        self, file: IO[bytes], deadline: float, *, is_shared: bool = False, must: bool = False
    ) -> bool:
        """Take a lock, or return ``False`` at the deadline.

        A file system without locks is as good as one for holding: nothing can be removed there,
        because removing (``must``) is refused.
        """
        how = (fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX) | fcntl.LOCK_NB

        def attempt() -> bool:
            try:
                fcntl.flock(file, how)
            except OSError as error:
                if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                    return False
                if must:
                    raise without_locks(self._location) from error
            return True

        return _until(deadline, attempt)


class ThreadContentLock:
    """Holds among the threads of one process."""

    def __init__(self, location: str, timeout_s: float = TIMEOUT_S) -> None:
        self._location = location
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._holders = 0
        self._is_gate_closed = False
        self._sweep = threading.Lock()

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the store."""
        if not _until(time.monotonic() + self._timeout_s, self._entered):
            raise blocked(self._location, self._timeout_s)
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1

    def _entered(self) -> bool:
        with self._lock:
            self._holders += not self._is_gate_closed
            return not self._is_gate_closed

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Have the store to oneself."""
        deadline = time.monotonic() + self._timeout_s
        try:
            while not self._is_exclusive():
                self._is_gate_closed = False
                if time.monotonic() > deadline:
                    raise busy(self._location, self._timeout_s)
                time.sleep(random.uniform(0, _PAUSE_S))  # noqa: S311 - writers take their turns
            yield
        finally:
            self._is_gate_closed = False

    def _is_exclusive(self) -> bool:
        with self._lock:
            self._is_gate_closed = True
        end = time.monotonic() + min(_GATE_S, self._timeout_s)
        return _until(end, lambda: self._holders == 0)

    @contextmanager
    def sweeping(self) -> Iterator[None]:
        """Be the only garbage collection."""
        if not self._sweep.acquire(blocking=False):
            raise another(self._location)
        try:
            yield
        finally:
            self._sweep.release()


def _until(deadline: float, attempt: Callable[[], bool]) -> bool:
    wait_s = _SHORTEST_WAIT_S
    while not attempt():
        if time.monotonic() > deadline:
            return False
        time.sleep(wait_s)
        wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
    return True


def busy(location: str, waited_s: float) -> StoreUnavailableError:
    """Return the error of a remover that never had the store to itself."""
    return StoreUnavailableError(
        location,
        f"somebody has been logging to it for {waited_s:g} s, and content can only be removed in "
        f"between",
        "Nothing that is in use was touched. Try again when they are done.",
    )


def blocked(location: str, waited_s: float) -> StoreUnavailableError:
    """Return the error of a writer that a remover kept out."""
    return StoreUnavailableError(
        location,
        f"a garbage collection has kept it to itself for {waited_s:g} s",
        "Nothing was changed. Try again when it is done.",
    )


def another(location: str) -> StoreUnavailableError:
    """Return the error of a second garbage collection."""
    return StoreUnavailableError(
        location,
        "another garbage collection is going on",
        "Wait until it is done; it removes what this one would.",
    )


def without_locks(location: str) -> StoreUnavailableError:
    """Return the error where nobody can tell whether somebody is logging."""
    return StoreUnavailableError(
        location,
        "content cannot be removed where there are no file locks that hold off those who log",
        "Copy the store to a local disk of a system with flock, and collect there.",
    )


def without_ledger(location: str) -> StoreUnavailableError:
    """Return the error where nobody knows who may be logging."""
    return StoreUnavailableError(
        location,
        "content cannot be removed where nothing tells who is logging: it was opened without a "
        "ledger that stays",
        "Collect through the store that it belongs to.",
    )
