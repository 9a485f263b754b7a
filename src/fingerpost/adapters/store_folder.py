"""The file that makes a folder a store, and says which format it has."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from fingerpost.domain.errors import StoreUnavailableError

from .durability import sync_file, sync_folder
from .store_facts import StoreFacts

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


def read_facts(folder: Path) -> StoreFacts | None:
    """Return what a store says of itself; ``None`` where the folder is no store.

    Raises:
        StoreFormatError: it is a store, but not one that can be read.
        StoreUnavailableError: it cannot be looked at.
    """
    try:
        written = (folder / MARKER).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        # A path with a NUL is a ValueError.
        problem = f"it cannot be read ({getattr(error, 'strerror', error)})"
        remedy = "Check the path and its permissions."
        raise StoreUnavailableError(str(folder), problem, remedy) from error
    return StoreFacts.parse(written, str(folder), MARKER)


def write_facts(folder: Path, facts: StoreFacts) -> None:
    """Make a folder a store, or bring its facts up to date, atomically and durably."""
    # Two processes may create the store at once: each writes its own file and renames it.
    unfinished = folder / f"{MARKER}.{uuid4().hex}"
    unfinished.write_text(facts.as_json(), encoding="utf-8")
    # An empty marker, which a power cut could leave otherwise, would lock everybody out.
    sync_file(unfinished)
    unfinished.replace(folder / MARKER)
    sync_folder(folder)
    sync_folder(folder.parent)
