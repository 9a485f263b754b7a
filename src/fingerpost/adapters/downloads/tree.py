"""The files below a folder, in the order in which a manifest has its entries."""

import os
from collections.abc import Iterator
from pathlib import Path

from fingerpost.domain.errors import DestinationError

from .parts import is_in_use


def files_below(root: Path, *, passes_unfinished: bool = False) -> Iterator[str]:
    """Iterate over the ``/``-separated paths of all that is no folder, sorted.

    Links are not followed: one to a folder counts as a file. No more is held than the names in the
    folders on the way down.

    Args:
        root: the folder; one that is not there has no files.
        passes_unfinished: whether to pass over what another download is at work on.

    Raises:
        DestinationError: a folder cannot be read.
    """
    # Not recursive: folders nest deeper than Python calls do.
    waiting = _children(root, "")
    while waiting:
        path, is_folder = waiting.pop()
        if not is_folder:
            yield path
        elif not (passes_unfinished and is_in_use(root / path)):
            waiting += _children(root, path)


def _children(root: Path, folder: str) -> list[tuple[str, bool]]:
    try:
        with os.scandir(root / folder) as found:
            children = [(item.name, item.is_dir(follow_symlinks=False)) for item in found]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        problem = f"it cannot be read ({error.strerror})"
        raise DestinationError(str(root / folder), problem, "Check its permissions.") from error
    # With the slash a folder sorts as the paths below it do: "a.b" before "a/b".
    paths = [
        (f"{folder}{name}/" if is_folder else f"{folder}{name}", is_folder)
        for name, is_folder in children
    ]
    return sorted(paths, reverse=True)
