"""Walking a folder: regular files and links to them, sorted, and nothing left out in silence."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from fingerpost.domain.errors import SourceFileError

from ..store_marker.folder import is_store

_LOG: Final = logging.getLogger("fingerpost")


@frozen
class FoundFile:
    """A file below a folder: where it is, and its ``/``-separated path relative to the folder."""

    path: Path
    relative: str


def walk(folder: Path) -> Iterator[FoundFile]:
    """Iterate over the files below a folder, sorted by name in each folder.

    Links to files are followed; links to folders are not, because they may lead in circles, and
    each is named in a warning of the ``fingerpost`` logger. A Fingerpost store below the folder is
    passed over likewise, so that a store is never logged into itself.

    Raises:
        SourceFileError: the folder is missing or no folder, or something below cannot be read.
    """
    try:
        folder.stat()
    except FileNotFoundError:
        raise SourceFileError(str(folder), "does not exist", "Check the path.") from None
    except (OSError, ValueError) as error:
        raise SourceFileError(str(folder), f"cannot be read ({error})", "Check the path.") from None
    if not folder.is_dir():
        raise SourceFileError(str(folder), "is no folder", "Use add_file for single files.")
    if is_store(folder):
        raise SourceFileError(
            str(folder), "is a Fingerpost store", "Keep the data in a folder of its own."
        )
    return _walk(folder)


def is_folder(path: Path) -> bool:
    """Whether there is a folder; a path that no file can have is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _walk(top: Path) -> Iterator[FoundFile]:
    # Not recursive: folders nest deeper than Python calls do.
    waiting = [(top, "")]
    while waiting:
        folder, prefix = waiting.pop()
        below = []
        for child in _children(folder):
            path, relative = Path(child.path), f"{prefix}{child.name}"
            if not is_folder(path):
                yield FoundFile(path, relative)
            elif child.is_symlink():
                _LOG.warning("%s: a link to a folder is not followed", path)
            elif _is_store(path):
                _LOG.warning("%s: a Fingerpost store is not logged", path)
            else:
                below.append((path, f"{relative}/"))
        waiting.extend(reversed(below))


def _is_store(folder: Path) -> bool:
    try:
        return is_store(folder)
    except OSError:
        return False  # a folder that may not be looked into; reading it says so


def _children(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda child: child.name)
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise SourceFileError(str(folder), problem, "Check its permissions.") from error
