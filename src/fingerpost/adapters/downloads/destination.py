"""Writing an artifact's files into a folder, safely.

A file appears whole or not at all. Nothing outside the folder is touched: entry paths are checked
again, and no link below the folder is followed, also none that is made meanwhile.
"""

import errno
import io
import os
import stat
import threading
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from fingerpost.application.ports.content_store import BytesWritten
from fingerpost.domain.errors import (
    ContentMismatchError,
    DestinationError,
    FingerpostError,
)
from fingerpost.domain.manifest.digest import Digest
from fingerpost.domain.manifest.entry import Entry
from fingerpost.domain.manifest.entry_path import EntryPath, parents

from ..files.copying import copy_hashing
from ..files.hashing import hash_file
from ..files.safe_open import IS_POSSIBLE, OpenFolder, folder_below, link_in, make_folders
from ..files.stat_cache import StatCache
from .parts import RESUMED_FROM_BYTES, Parts, remove_left_behind
from .tree import files_below

SETTLED_NS: Final = 60_000_000_000
"""A file is written to disk some 30 s after it was written. A power cut before may leave another
one with the same times, so that only older ones are remembered as read."""


class DownloadFolder:
    """A folder that an artifact is downloaded to. Thread-safe.

    A context manager: leaving it removes unfinished files.

    Args:
        root: the folder; it may itself be a link, since the user named it.
        stat_cache: remembers files that have not changed, so that they are not read again.
        settled_ns: how old a file has to be to be remembered.
        resumed_from_bytes: from which length on a file is gone on with that a killed download
            left unfinished.
        clears_up: whether to remove what killed downloads left; it takes a look at every name in
            the folder, which is too much for a single file.
    """

    def __init__(
        self,
        root: Path,
        stat_cache: StatCache | None = None,
        *,
        settled_ns: int = SETTLED_NS,
        resumed_from_bytes: int = RESUMED_FROM_BYTES,
        clears_up: bool = True,
    ) -> None:
        self.root = root
        self._absolute = root.absolute()
        self._stat_cache = stat_cache
        self._settled_ns = settled_ns
        self._clears_up = clears_up
        self._parts = Parts(root, resumed_from_bytes, clears_up=clears_up)
        self._checked: set[str] = set()
        self._made: set[str] = set()
        self._opened = threading.local()

    def path_of(self, entry_path: str) -> Path:
        """Return where an entry goes.

        Raises:
            InvalidPathError: the path leaves the folder, by its text or through a link.
        """
        path = self.root / EntryPath(entry_path)
        folder = entry_path.rpartition("/")[0]
        if folder not in self._checked:
            self._require_no_links(path.parent)
            self._checked.add(folder)
        return path

    def _require_no_links(self, folder: Path) -> None:
        while folder not in {self.root, folder.parent}:
            if folder.is_symlink():
                raise link_in(folder)
            folder = folder.parent

    def has(self, entry: Entry, progress: BytesWritten = lambda _: None) -> bool:
        """Whether the entry's content is there already.

        Args:
            entry: of the manifest.
            progress: receives the number of bytes read since the last call.

        Raises:
            DestinationError: there is a folder in its place.
        """
        path = self.path_of(entry.path)
        looked_at_ns = time.time_ns()
        try:
            facts = path.lstat()
        except OSError:
            return False
        if stat.S_ISDIR(facts.st_mode):
            raise DestinationError(
                str(self.root),
                f"{str(entry.path)!r} is a file in the artifact and a folder there",
                "Move that folder away, or download to another one.",
            )
        expected = entry.bytes_digest
        # Anything but a regular file is replaced; reading a pipe would wait for somebody to write.
        if expected is None or not stat.S_ISREG(facts.st_mode):
            return False
        if entry.size_bytes is not None and facts.st_size != entry.size_bytes:
            return False
        return (
            self._digest(entry.path, facts, expected.algorithm, looked_at_ns, progress) == expected
        )

    def _digest(
        self,
        entry_path: str,
        facts: os.stat_result,
        algorithm: str,
        looked_at_ns: int,
        progress: BytesWritten,
    ) -> Digest | None:
        path = self._absolute / entry_path
        known = self._stat_cache.lookup(path, facts, algorithm) if self._stat_cache else None
        if known is not None:
            return known
        try:
            digest, _ = hash_file(path, algorithm, progress)
            after = path.lstat()
        except OSError:
            return None  # one that cannot be read does not hold it
        if self._stat_cache and _times(after) == _times(facts):
            self._stat_cache.remember(
                path, facts, digest, looked_at_ns=looked_at_ns - self._settled_ns
            )
        return digest

    def write(self, entry: Entry, fill: Callable[[io.FileIO], None]) -> Path:
        """Write a file where nobody looks for it, and give it its name when it is whole.

        Args:
            entry: of the manifest.
            fill: writes the content to a file that may hold the beginning of it already; what it
                raises leaves nothing behind.

        Raises:
            DestinationError: the folder cannot be written.
        """
        path = self.path_of(entry.path)
        try:
            self._make_folders(entry.path)
            with self._parts.create(entry.bytes_digest) as part:
                unfinished = Path(os.fsdecode(part.name))
                try:
                    fill(part)
                    part.close()
                    self._give_name(unfinished, entry)
                except BaseException:
                    self._parts.remove(unfinished)
                    raise
        except FingerpostError:
            raise  # what is wrong with the source, though it may be an OSError too
        except OSError as error:
            raise _unwritable(path, error) from error
        return path

    def _give_name(self, unfinished: Path, entry: Entry) -> None:
        try:
            self._rename(unfinished, entry)
        except FileNotFoundError:
            # Whoever checks out to the same folder removes folders that are empty.
            self._made.clear()
            self._opened.last = None
            self._make_folders(entry.path)
            self._rename(unfinished, entry)

    def _rename(self, unfinished: Path, entry: Entry) -> None:
        folder, _, name = entry.path.rpartition("/")
        with self._folder(folder) as number:
            try:
                if number is None:
                    unfinished.replace(self.root / entry.path)
                else:
                    self._parts.rename(unfinished, name, number)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                near = self.root / folder if number is None else _path_of_open(number)
                _move_across(unfinished, (near or self.root / folder) / name, entry.bytes_digest)

    @contextmanager
    def _folder(self, folder: str) -> Iterator[int | None]:
        # Each thread keeps the last one: entries come in order, and opening takes longer than
        # renaming.
        last: tuple[str, OpenFolder] | None = getattr(self._opened, "last", None)
        if not IS_POSSIBLE:
            yield None
            return
        if last is None or last[0] != folder:
            last = self._opened.last = (folder, OpenFolder(self.root, folder))
        yield last[1].number

    def make_root(self) -> None:
        """Create the folder itself.

        Raises:
            DestinationError: it cannot be created.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:
            raise _unwritable(self.root, error) from error
        self._made.add("")

    def _make_folders(self, entry_path: str) -> None:
        if entry_path.rpartition("/")[0] in self._made:
            return
        if "" not in self._made:
            self.make_root()
        make_folders(self.root, entry_path.rpartition("/")[0])
        self._made.update(parents(entry_path))

    def remove_others(self, kept: Container[str]) -> None:
        """Remove all files whose paths are not kept, and the folders that this leaves empty.

        Links are removed, not followed. What another download is at work on stays.

        Raises:
            DestinationError: something cannot be removed.
        """
        for path in files_below(self.root, passes_unfinished=True):
            if path not in kept:
                self._remove(path)

    def _remove(self, path: str) -> None:
        try:
            self._at(path, os.unlink)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise _unwritable(self.root / path, error) from error
        # A folder that is not empty, or that something is mounted on, stays.
        with suppress(OSError):
            for folder in reversed(parents(path)):
                self._at(folder, os.rmdir)

    def _at(self, path: str, remove: Callable[..., None]) -> None:
        folder, _, name = path.rpartition("/")
        with folder_below(self.root, folder) as number:
            remove(self.root / path if number is None else name, dir_fd=number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._parts.discard()
        if self._clears_up and error is None:
            # Also when nothing had to be written.
            remove_left_behind(self.root)
        if self._stat_cache is not None:
            self._stat_cache.flush()


def _times(facts: os.stat_result) -> tuple[int, int, int, int]:
    return facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size, facts.st_ino


def _path_of_open(number: int) -> Path | None:
    # What is made there is made in the open folder, whatever its name leads to by now.
    path = Path(f"/proc/self/fd/{number}")
    return path if path.is_dir() else None


def _move_across(unfinished: Path, path: Path, digest: Digest | None) -> None:
    """Move a file to another file system, such as one that is mounted below the folder."""
    with Parts(path.parent, None) as parts:
        near = parts.new_path()
        algorithm = digest.algorithm if digest is not None else "blake3"
        (actual,), _ = copy_hashing(unfinished, near, [algorithm])
        if digest is not None and actual != digest:
            raise ContentMismatchError(str(near), digest, actual, "Download it again.")
        near.replace(path)


def _unwritable(path: Path, error: Exception) -> DestinationError:
    problem = f"{path.name!r} cannot be written ({getattr(error, 'strerror', None) or error})"
    return DestinationError(str(path.parent), problem)
