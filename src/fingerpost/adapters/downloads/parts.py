"""Unfinished files: where they lie until they are whole, and what becomes of those left behind.

They lie in a folder of their own inside the folder that is being filled, so that giving a file its
name is a rename. The owner holds a lock in it for as long as it lives, which tells what a killed
process left behind from what another one is at work on, at once and also between machines.
"""

import contextlib
import errno
import io
import itertools
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from fingerpost.domain.errors import InvalidValueError
from fingerpost.domain.manifest.digest import Digest

from ..files.locks import is_locked_now
from ..files.safe_open import open_as_itself

_FOLDER: Final = re.compile(r"\.fingerpost-[0-9a-f]{16}\.part")
_LOCK_NAME: Final = "lock"
_OLD_S: Final = 24 * 60 * 60
"""A folder without a lock in it, or where locks do not work, is left behind when it is so old."""

RESUMED_FROM_BYTES: Final = 64 << 20
"""Shorter beginnings are fetched again: that is done sooner than said."""


class Parts:
    """Private unfinished files in a folder; made by the first of them, gone with the last.

    Making it clears away what killed processes left in the folder. Long beginnings of files whose
    content is known are kept for :meth:`create`. Thread-safe. A context manager.

    Args:
        folder: where the finished files are to be.
        resumed_from_bytes: how long a beginning has to be to be kept; ``None`` keeps none.
        clears_up: whether to look for what was left behind, which reads the whole folder.
    """

    def __init__(
        self,
        folder: Path,
        resumed_from_bytes: int | None = RESUMED_FROM_BYTES,
        *,
        clears_up: bool = True,
    ) -> None:
        self._parent = folder
        self._resumed_from_bytes = resumed_from_bytes
        self._clears_up = clears_up
        self._folder: Path | None = None
        self._is_made = False
        self._number: int | None = None
        self._lock_file = -1
        self._owner = os.getpid()
        self._making = threading.Lock()
        self._numbers = itertools.count()
        self._beginnings: dict[Digest, Path] = {}

    def create(self, digest: Digest | None = None) -> io.FileIO:
        """Return a file open for reading and writing, at its start.

        Args:
            digest: of the content that it is to hold. The file may hold the beginning of it
                already, or what was taken for it.
        """
        path = self.new_path(digest)
        beginning = self._beginnings.pop(digest, None) if digest is not None else None
        if beginning is None:
            return io.FileIO(path, "x+", opener=self._open)
        return io.FileIO(beginning, "r+", opener=self._open)

    def _open(self, path: str, flags: int) -> int:
        # In the folder that was made, whatever somebody puts in its place.
        if self._number is None:
            return os.open(path, flags, 0o666)
        flags |= os.O_NOFOLLOW
        return os.open(Path(path).name, flags, 0o666, dir_fd=self._number)

    def rename(self, unfinished: Path, name: str, folder: int) -> None:
        """Give an unfinished file its name.

        Args:
            unfinished: one of these files.
            name: without a folder.
            folder: a descriptor of the folder that it is to be in.

        Raises:
            OSError: that cannot be done; the file stays.
        """
        if self._number is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(unfinished))
        os.replace(unfinished.name, name, src_dir_fd=self._number, dst_dir_fd=folder)

    def remove(self, unfinished: Path) -> None:
        """Remove an unfinished file, if it is there."""
        with contextlib.suppress(OSError):
            _unlink(unfinished.parent, unfinished.name, self._number)

    def new_path(self, digest: Digest | None = None) -> Path:
        """Return the path of a file that is not there yet."""
        with self._making:
            if self._owner != os.getpid():
                self.discard()
            if not self._is_made:
                self._make()
            assert self._folder is not None  # noqa: S101 - for the type checker
            return self._folder / self._new_name(digest)

    def discard(self) -> None:
        """Remove the folder and let go of its lock; never raises. Idempotent.

        A forked child lets go of it and removes nothing: the files are its parent's.
        """
        folder, self._folder, self._is_made = self._folder, None, False
        lock_file, self._lock_file = self._lock_file, -1
        number, self._number = self._number, None
        is_ours, self._owner = self._owner == os.getpid(), os.getpid()
        if folder is not None and is_ours:
            _remove_files(folder)
        for opened in (lock_file, number):
            if opened is not None and opened >= 0:
                os.close(opened)
        if folder is not None and is_ours:
            _remove_rest(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    def _new_name(self, digest: Digest | None) -> str:
        number = next(self._numbers)
        return f"{number}" if digest is None else f"{number}-{digest.algorithm}-{digest.hex}"

    def _make(self) -> None:
        while not self._is_made:
            self.discard()
            # Known before it is made, so that it is removed whenever a Ctrl-C comes.
            self._folder = self._parent / f".fingerpost-{secrets.token_hex(8)}.part"
            self._folder.mkdir()
            self._number = open_as_itself(self._folder)
            flags = os.O_CREAT | os.O_EXCL | os.O_RDWR
            self._lock_file = os.open(self._folder / _LOCK_NAME, flags, 0o666)
            # Somebody who looks for what was left behind may have been quicker with the lock, and
            # may have removed the folder already.
            is_free = is_locked_now(self._lock_file) is not False
            self._is_made = is_free and (self._folder / _LOCK_NAME).exists()
        if self._clears_up:
            remove_left_behind(self._parent, self._keep_beginnings)

    def _keep_beginnings(self, left: Path) -> None:
        if self._resumed_from_bytes is None:
            return
        for path in sorted(left.iterdir()):
            digest = _digest_of(path.name)
            size_bytes = path.lstat().st_size
            is_useful = digest not in self._beginnings and size_bytes >= self._resumed_from_bytes
            if digest is not None and is_useful and path.is_file() and not path.is_symlink():
                assert self._folder is not None  # noqa: S101 - for the type checker
                kept = self._folder / self._new_name(digest)
                path.rename(kept)
                self._beginnings[digest] = kept


def remove_left_behind(
    parent: Path, before_removing: Callable[[Path], None] = lambda _: None
) -> None:
    """Remove what killed processes left unfinished in a folder.

    Args:
        parent: the folder.
        before_removing: is given each folder of unfinished files before it is removed.
    """
    for left in _folders(parent):
        with contextlib.suppress(OSError):
            with _abandoned(left) as is_abandoned:
                if is_abandoned:
                    before_removing(left)
                    _remove_files(left)
                    # While it is locked: its owner may be about to lock it.
                    _remove_rest(left)
            if is_abandoned and os.name == "nt":
                _remove_rest(left)  # what is open cannot be removed there


def is_in_use(folder: Path) -> bool:
    """Whether a folder holds the unfinished files of somebody who is at work."""
    if not _FOLDER.fullmatch(folder.name):
        return False
    try:
        with _abandoned(folder) as is_abandoned:
            return not is_abandoned
    except OSError:
        return False


def _folders(parent: Path) -> list[Path]:
    try:
        with os.scandir(parent) as found:
            return [
                Path(item.path)
                for item in found
                if _FOLDER.fullmatch(item.name) and item.is_dir(follow_symlinks=False)
            ]
    except OSError:
        return []  # making or reading something there says what is wrong


def _remove_files(folder: Path) -> None:
    with contextlib.suppress(OSError), _listed(folder) as number:
        for name in os.listdir(folder if number is None else number):  # noqa: PTH208 - of what is open
            if name != _LOCK_NAME:
                _unlink(folder, name, number)


def _remove_rest(folder: Path) -> None:
    # The lock goes last: a folder without one is only removed when it is old.
    with contextlib.suppress(OSError):
        with _listed(folder) as number:
            _unlink(folder, _LOCK_NAME, number)
        folder.rmdir()


def _unlink(folder: Path, name: str, number: int | None) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(folder / name if number is None else name, dir_fd=number)


@contextlib.contextmanager
def _listed(folder: Path) -> Iterator[int | None]:
    # Never through a link that somebody put in its place: all files there would be removed.
    number = open_as_itself(folder)
    try:
        yield number
    finally:
        if number is not None:
            os.close(number)


@contextlib.contextmanager
def _abandoned(folder: Path) -> Iterator[bool]:
    """Tell whether nobody is at work in a folder, and see that nobody else takes it meanwhile."""
    is_old = folder.stat().st_mtime < time.time() - _OLD_S
    try:
        lock_file = os.open(folder / _LOCK_NAME, os.O_RDWR)
    except FileNotFoundError:
        # Its owner makes the lock at once after the folder.
        yield is_old
        return
    try:
        is_ours = is_locked_now(lock_file)
        yield is_old if is_ours is None else is_ours
    finally:
        os.close(lock_file)


def _digest_of(name: str) -> Digest | None:
    try:
        return Digest(name.partition("-")[2].replace("-", ":"))
    except InvalidValueError:
        return None
