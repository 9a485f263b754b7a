"""Folders below a folder, reached without following a link, also one that was made just now.

To look whether a path holds a link, and to use the path then, leaves a moment in between. Here
each part is opened from the one above it, and what follows is done in the folder that is open:
whatever is renamed or swapped meanwhile, nothing is written or removed elsewhere. Where the system
has no such calls (Windows) paths are looked at and then used.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from fingerpost.domain.errors import DestinationError, InvalidPathError

IS_POSSIBLE: Final = os.supports_dir_fd >= {os.open, os.mkdir, os.unlink, os.rename, os.rmdir}

_FOLDER: Final = getattr(os, "O_DIRECTORY", 0)
_AS_ITSELF: Final = _FOLDER | getattr(os, "O_NOFOLLOW", 0)
# One that may be written and not read can be used, too.
_USED: Final = getattr(os, "O_PATH", os.O_RDONLY)


def open_as_itself(folder: Path) -> int | None:
    """Return a descriptor of a folder that can be listed, ``None`` where there are none.

    Raises:
        OSError: it is a link, or not there.
    """
    return os.open(folder, os.O_RDONLY | _AS_ITSELF) if IS_POSSIBLE else None


@contextmanager
def folder_below(root: Path, folder: str) -> Iterator[int | None]:
    """Open a folder for use as ``dir_fd``; ``None`` where the system has no such thing.

    Args:
        root: may itself be a link, since the user named it.
        folder: its path below the root with ``/``; empty for the root.

    Raises:
        InvalidPathError: a part of it is a link.
        OSError: a part of it is not there, or is a file.
    """
    if not IS_POSSIBLE:
        yield None
        return
    opened = OpenFolder(root, folder)
    try:
        yield opened.number
    finally:
        opened.close()


class OpenFolder:
    """A folder below another one that stays open until nobody has it any more.

    Args:
        root: may itself be a link, since the user named it.
        folder: its path below the root with ``/``; empty for the root.

    Raises:
        InvalidPathError: a part of it is a link.
        OSError: a part of it is not there, or is a file.
    """

    def __init__(self, root: Path, folder: str) -> None:
        self.number = -1
        self.number = os.open(root, _USED | _FOLDER)
        try:
            for part in folder.split("/") if folder else ():
                self.go_into(part)
        except _LinkError as error:
            self.close()
            raise link_in(root / folder) from error
        except BaseException:
            self.close()
            raise

    def go_into(self, part: str) -> None:
        """Open a folder in this one, in its place.

        Raises:
            _LinkError: it is a link.
            OSError: it is not there, or is a file.
        """
        below = _opened(self.number, part)
        os.close(self.number)
        self.number = below

    def close(self) -> None:
        """Close it. Idempotent."""
        number, self.number = self.number, -1
        if number >= 0:
            os.close(number)

    def __del__(self) -> None:
        self.close()


def make_folders(root: Path, folder: str) -> None:
    """Make a folder and those above it; those that are there already stay.

    Raises:
        DestinationError: a file has the name of one of them.
        InvalidPathError: one of them is a link.
        OSError: one of them cannot be made.
    """
    if not IS_POSSIBLE:
        _make_by_paths(root, folder)
        return
    opened = OpenFolder(root, "")
    try:
        # Each is opened from the one above, once: paths nest a thousand levels deep.
        for part in folder.split("/") if folder else ():
            try:
                os.mkdir(part, dir_fd=opened.number)
            except FileExistsError:
                _require_folder(root, folder, part, opened.number)
            opened.go_into(part)
    except _LinkError as error:
        raise link_in(root / folder) from error
    finally:
        opened.close()


def _make_by_paths(root: Path, folder: str) -> None:
    path = root
    for part in folder.split("/") if folder else ():
        path /= part
        try:
            path.mkdir()
        except FileExistsError:
            _require_folder(root, folder, path, None)


def _require_folder(root: Path, folder: str, place: str | Path, above: int | None) -> None:
    mode = os.stat(place, dir_fd=above, follow_symlinks=False).st_mode
    if stat.S_ISLNK(mode):
        raise link_in(root / folder)
    if not stat.S_ISDIR(mode):
        name = Path(place).name
        raise DestinationError(
            str(root),
            f"{name!r} of {folder!r} is a folder in the artifact and a file there",
            "Move that file away, or download to another folder.",
        )


def link_in(folder: Path) -> InvalidPathError:
    """Return the error for a folder that is a link, or is reached through one."""
    return InvalidPathError(
        "path to download to",
        str(folder),
        "it is a link, and could lead out of the folder that was named",
        "Remove the link, or download to an empty folder.",
    )


class _LinkError(Exception):
    """A part of a path is a link; never leaves this module."""


def _opened(above: int, part: str) -> int:
    try:
        return os.open(part, _USED | _AS_ITSELF, dir_fd=above)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR} and _is_link(above, part):
            raise _LinkError from error
        raise


def _is_link(above: int, part: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(part, dir_fd=above, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False
