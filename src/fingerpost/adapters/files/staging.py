"""A private folder in which a writer or a draft prepares files."""

import contextlib
import errno
import os
import secrets
import shutil
import stat
import time
from pathlib import Path
from typing import BinaryIO, Final

from fingerpost.domain.errors import ContentMismatchError, SourceFileError
from fingerpost.domain.manifest.digest import Digest

from .copying import copy_hashing

try:
    import fcntl
except ImportError:  # Windows
    _HAS_LOCKS = False
else:
    _HAS_LOCKS = True

_LEFTOVER_AGE_S: Final = 24 * 60 * 60
_LOCK_NAME: Final = "lock"


class Staging:
    """A folder of one owner's unfinished files, locked for as long as the owner lives.

    Made by the first file. The lock tells a crashed owner's leftovers from the files of one
    that has been busy for days.

    Args:
        parent: the folder in which leftovers of earlier writers are looked for.
        prefix: of the folder's name.
    """

    def __init__(self, parent: Path, prefix: str = "") -> None:
        self._parent = parent
        self._prefix = prefix
        self._folder: Path | None = None
        self._lock: int | None = None
        self._mode = 0
        self._owner = os.getpid()

    @property
    def parent(self) -> str:
        """Where the folder is made, for people."""
        return str(self._parent)

    def make_parent(self) -> None:
        """Make the folder that the own one is to be in."""
        self._parent.mkdir(parents=True, exist_ok=True)

    def create(self) -> tuple[BinaryIO, Path]:
        """Return a new empty file, open for writing, and its path."""
        path = self.new_path()
        return path.open("xb"), path

    def new_path(self) -> Path:
        """Return the path of a file that is not there yet."""
        if self._folder is None:
            self._folder = self._make()
        return self._folder / secrets.token_hex(8)

    def adopt(self, path: Path, digest: Digest, size_bytes: int) -> Path:
        """Move a file into the folder: by renaming where that is safe, else a verified copy.

        Raises:
            SourceFileError: if it is no regular file.
            ContentMismatchError: if it does not have the size, or when copied the digest.
        """
        facts = checked(path, digest, size_bytes)
        target = self.new_path()
        if not (_is_private(facts) and _renamed(path, target)):
            _copy(path, target, digest)
            path.unlink()
        return target

    def protect(self, path: Path) -> None:
        """Give a file the permissions that the umask allows, without write permission."""
        # As for a file made here: an adopted one may be closed to those who share the store.
        # Some file systems (SMB, FAT) know no permissions; the bytes are as safe there as they get.
        with contextlib.suppress(OSError):
            path.chmod(self._mode & 0o444)

    def discard(self) -> None:
        """Remove the folder and release the lock; never raises. Idempotent.

        A forked child lets go of it and removes nothing: the files are its parent's.
        """
        if self._folder is not None and self._owner == os.getpid():
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None
        # Forgotten before it is closed: interrupted in between, a second call would close a number
        # that may be another file's by then.
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def _make(self) -> Path:
        self.make_parent()
        _remove_leftovers(self._parent, self._prefix)
        folder = self._parent / f"{self._prefix}{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        self._lock = os.open(folder / _LOCK_NAME, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        _lock(self._lock)
        self._mode = os.fstat(self._lock).st_mode
        return folder


def checked(path: Path, digest: Digest, size_bytes: int) -> os.stat_result:
    """Return the facts of a file that is to be adopted.

    Raises:
        SourceFileError: if it is no regular file; renaming a symbolic link would store the link.
        ContentMismatchError: if it does not have the size.
    """
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode):
        raise SourceFileError(str(path), "is no regular file", "Give the file itself.")
    if facts.st_size != size_bytes:
        expected = f"{digest} of {size_bytes} bytes"
        raise ContentMismatchError(str(path), expected, f"{facts.st_size} bytes long")
    return facts


def _remove_leftovers(parent: Path, prefix: str) -> None:
    oldest = time.time() - _LEFTOVER_AGE_S
    with contextlib.suppress(OSError), os.scandir(parent) as found:
        for item in found:
            with contextlib.suppress(OSError):
                is_old = item.stat(follow_symlinks=False).st_mtime < oldest
                if item.name.startswith(prefix) and is_old and not _is_locked(Path(item.path)):
                    shutil.rmtree(item.path, ignore_errors=True)


def _is_locked(folder: Path) -> bool:
    try:
        descriptor = os.open(folder / _LOCK_NAME, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    if not _HAS_LOCKS:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # A file system without locks: age alone has to decide.
        return error.errno not in {errno.EWOULDBLOCK, errno.EACCES}
    return True


def _is_private(facts: os.stat_result) -> bool:
    # Through a second link, or as its owner, somebody else could still write to it.
    return facts.st_nlink == 1 and (os.name == "nt" or facts.st_uid == os.geteuid())


def _renamed(path: Path, target: Path) -> bool:
    try:
        path.rename(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return False
    return True


def _copy(path: Path, target: Path, digest: Digest) -> None:
    (actual,), _ = copy_hashing(path, target, [digest.algorithm])
    if actual != digest:
        raise ContentMismatchError(str(path), digest, actual, "It changed: hash it again.")
