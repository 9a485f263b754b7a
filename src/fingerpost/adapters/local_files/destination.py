"""Writing an artifact's files into a folder, safely.

A file appears whole or not at all. Nothing outside the folder is touched: entry paths are checked
again, and no link below the folder is followed.
"""

import os
import shutil
from collections.abc import Callable, Container
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final
from uuid import uuid4

from fingerpost.domain.entry import Entry
from fingerpost.domain.entry_path import EntryPath
from fingerpost.domain.errors import DestinationError, FingerpostError, InvalidPathError

from ..hashing import hash_file

_BLOCK_BYTES: Final = 1 << 20


class Destination:
    """A folder that an artifact is downloaded to.

    Args:
        root: the folder; it may itself be a link, since the user named it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._made: set[Path] = set()

    def path_of(self, entry_path: str) -> Path:
        """Return where an entry goes.

        Raises:
            InvalidPathError: the path leaves the folder, by its text or through a link.
        """
        path = self.root.joinpath(*EntryPath(entry_path).split("/"))
        self._require_no_links(path.parent)
        return path

    def _require_no_links(self, folder: Path) -> None:
        while folder not in {self.root, folder.parent} and folder not in self._made:
            if folder.is_symlink():
                raise InvalidPathError(
                    "path to download to",
                    str(folder),
                    "it is a link, and could lead out of the folder that was named",
                    "Remove the link, or download to an empty folder.",
                )
            folder = folder.parent

    def has(self, entry: Entry) -> bool:
        """Whether the entry's content is there already."""
        path = self.path_of(entry.path)
        if path.is_symlink() or not path.is_file():
            return False
        if entry.size_bytes is not None and path.stat().st_size != entry.size_bytes:
            return False
        return is_content(path, entry)

    def write(self, entry_path: str, fill: Callable[[BinaryIO], None]) -> Path:
        """Write a file under a temporary name, and give it its name when it is whole.

        Args:
            entry_path: path of the entry.
            fill: writes the content; what it raises leaves nothing behind.

        Raises:
            DestinationError: the folder cannot be written.
        """
        path = self.path_of(entry_path)
        unfinished = path.with_name(f".{uuid4().hex}.part")
        try:
            self._make_folder(path.parent)
            with unfinished.open("xb") as file:
                fill(file)
            unfinished.replace(path)
        except FingerpostError:
            raise  # what is wrong with the source, though it may be an OSError too
        except OSError as error:
            raise _unwritable(path, error) from error
        finally:
            with suppress(OSError):
                unfinished.unlink()
        return path

    def make_root(self) -> None:
        """Create the folder itself.

        Raises:
            DestinationError: it cannot be created.
        """
        try:
            self._make_folder(self.root)
        except (OSError, ValueError) as error:
            raise _unwritable(self.root, error) from error

    def _make_folder(self, folder: Path) -> None:
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)

    def remove_others(self, kept: Container[str]) -> None:
        """Remove all files whose paths are not kept, and the folders that this leaves empty.

        Links are removed, not followed.

        Raises:
            DestinationError: something cannot be removed.
        """
        for path in self.files():
            if path not in kept:
                self._remove(self.root / path)

    def _remove(self, path: Path) -> None:
        try:
            path.unlink()
            for folder in path.parents:
                if folder == self.root or any(folder.iterdir()):
                    break
                folder.rmdir()
        except OSError as error:
            raise _unwritable(path, error) from error

    def files(self) -> list[str]:
        """Return the ``/``-separated paths of all files below the folder, sorted."""
        found: list[str] = []
        for parent, folders, names in os.walk(self.root):
            linked = [name for name in folders if Path(parent, name).is_symlink()]
            below = Path(parent).relative_to(self.root)
            found.extend((below / name).as_posix() for name in (*names, *linked))
        return sorted(found)


def _unwritable(path: Path, error: Exception) -> DestinationError:
    problem = f"{path.name!r} cannot be written ({getattr(error, 'strerror', None) or error})"
    return DestinationError(str(path.parent), problem)


def is_content(path: Path, entry: Entry) -> bool:
    """Whether a regular file holds what an entry stands for; one that cannot be read does not."""
    expected = entry.bytes_digest
    try:
        return expected is not None and hash_file(path, expected.algorithm)[0] == expected
    except OSError:
        return False


def copy_stream(source: BinaryIO, target: BinaryIO) -> None:
    """Copy to the end; a verified reader raises at the end if the bytes were wrong."""
    shutil.copyfileobj(source, target, _BLOCK_BYTES)
