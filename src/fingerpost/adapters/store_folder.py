"""The file that makes a folder a store, and says which format it has."""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from fingerpost.domain.errors import StoreFormatError, StoreUnavailableError

from .durability import sync_file, sync_folder

STORE_FORMAT: Final = 1
"""Version of a store folder's layout; a store with a higher number is refused."""

MARKER: Final = "fingerpost.json"
LEDGER: Final = "ledger.sqlite"


def is_store(folder: Path) -> bool:
    """Whether a folder is a store."""
    return (folder / MARKER).is_file()


def stores_below(folder: Path) -> Iterator[Path]:
    """Iterate over the stores in a folder, itself included; links are not followed."""
    # Not os.walk: it recurses, and folders nest deeper than Python calls do.
    waiting = [folder]
    while waiting:
        parent = waiting.pop()
        if is_store(parent):
            yield parent
        with suppress(OSError), os.scandir(parent) as found:
            waiting += [Path(item.path) for item in found if item.is_dir(follow_symlinks=False)]


def is_readable_store(folder: Path) -> bool:
    """Whether a folder is a store, of a format that is known.

    Raises:
        StoreFormatError: it is a store, but not one that can be read.
        StoreUnavailableError: it cannot be looked at.
    """
    try:
        written = (folder / MARKER).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        # A path with a NUL is a ValueError.
        problem = f"it cannot be read ({getattr(error, 'strerror', error)})"
        remedy = "Check the path and its permissions."
        raise StoreUnavailableError(str(folder), problem, remedy) from error
    _require_known_format(folder, written)
    return True


def _require_known_format(folder: Path, written: bytes) -> None:
    try:
        facts: dict[str, Any] = json.loads(written)
        number = facts["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        remedy = f'Write it again: {{"format": {STORE_FORMAT}}}'
        raise StoreFormatError(str(folder), f"{MARKER} is damaged", remedy) from error
    if number != STORE_FORMAT:
        raise StoreFormatError(
            str(folder),
            f"it has the format {number!r}, and this Fingerpost knows {STORE_FORMAT}",
            "Upgrade Fingerpost.",
        )


def write_marker(folder: Path) -> None:
    """Make a folder a store, atomically and durably."""
    # Two processes may create the store at once: each writes its own file and renames it.
    unfinished = folder / f"{MARKER}.{uuid4().hex}"
    unfinished.write_text(json.dumps({"format": STORE_FORMAT}) + "\n", encoding="utf-8")
    # An empty marker, which a power cut could leave otherwise, would lock everybody out.
    sync_file(unfinished)
    unfinished.replace(folder / MARKER)
    sync_folder(folder)
    sync_folder(folder.parent)
