"""The file that makes a folder a store, and says which format it has."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

from fingerpost.domain.errors import StoreUnavailableError

from ..files.durability import sync_file, sync_folder
from .facts import StoreFacts

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


def make_store(folder: Path, facts: StoreFacts) -> StoreFacts:
    """Make a folder a store, atomically and durably, unless it is one by now.

    Returns:
        What it says of itself then: of several processes that create it at once, one has its way.
    """
    unfinished = _unfinished(folder, facts)
    try:
        os.link(unfinished, folder / MARKER)
    except FileExistsError:
        return read_facts(folder) or facts
    except OSError:
        # A file system without hard links.
        unfinished.replace(folder / MARKER)
    finally:
        unfinished.unlink(missing_ok=True)
        _settle(folder)
    return facts


def write_facts(folder: Path, facts: StoreFacts) -> None:
    """Bring a store's facts up to date, atomically and durably."""
    _unfinished(folder, facts).replace(folder / MARKER)
    _settle(folder)


def _unfinished(folder: Path, facts: StoreFacts) -> Path:
    unfinished = folder / f"{MARKER}.{uuid4().hex}"
    unfinished.write_text(facts.as_json(), encoding="utf-8")
    # An empty marker, which a power cut could leave otherwise, would lock everybody out.
    sync_file(unfinished)
    return unfinished


def _settle(folder: Path) -> None:
    sync_folder(folder)
    sync_folder(folder.parent)
