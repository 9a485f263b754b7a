"""Stores in a folder: the ledger in SQLite there, the content there or elsewhere."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fingerpost.adapters.files.stat_cache import StatCache
from fingerpost.adapters.store_marker.facts import STORE_FORMAT, StoreFacts
from fingerpost.adapters.store_marker.folder import LEDGER, MARKER, make_store, read_facts
from fingerpost.domain.errors import StoreFormatError, StoreUnavailableError

from .content import claim_on, open_content
from .content_location import agreed_content
from .network_mounts import require_local
from .opening import Opening
from .settings import MEMORY
from .store import OpenStore

if TYPE_CHECKING:
    from fingerpost.adapters.content.placed import PlacedContentStore
    from fingerpost.application.ports.content_store import ContentStore

CONTENT: Final = "content"
"""Where content is by default, in the store's folder."""


def open_folder(opening: Opening) -> OpenStore:
    """Open a store in a folder, or create one.

    Raises:
        StoreNotFoundError: there is none, and none is to be created.
        StoreFormatError: it cannot be read, or a newer Fingerpost wrote it.
        StoreUnavailableError: it cannot be opened or created; or its content is not where the
            caller thinks.
    """
    folder = Path(opening.location)
    facts = read_facts(folder)
    if facts is not None:
        require_local(folder, opening.settings.allow_network_file_systems)
        content = agreed_content(str(folder), facts.content, _elsewhere(opening))
        return _with_its_ledger(opening, content)
    if not opening.create:
        _require_no_ledger(folder)
        raise opening.absent()
    require_local(folder, opening.settings.allow_network_file_systems)
    return _create(opening)


def _elsewhere(opening: Opening) -> str | None:
    """Return the place of content that was asked for, unless it is the store's own.

    Raises:
        StoreUnavailableError: it would be lost with the process, and the ledger would not.
    """
    asked = opening.content
    if asked == str(Path(opening.location) / CONTENT):
        return None
    if asked is not None and asked.startswith(MEMORY):
        raise StoreUnavailableError(
            opening.location,
            f"content in {asked!r} is lost when the process ends, and the ledger is not",
            f"Give content a place that stays, or open the store {MEMORY!r}.",
        )
    return asked


def _with_its_ledger(opening: Opening, content: str | None) -> OpenStore:
    folder = Path(opening.location)
    remedy = "Restore ledger.sqlite from a backup: without it nobody knows what the content is."
    ledger = folder / LEDGER
    if not ledger.is_file() or not ledger.stat().st_size:
        raise StoreFormatError(str(folder), "its ledger is missing or empty", remedy)
    opened, elsewhere = _opened(opening, content)
    if not opened.store.queries.organizations():
        opened.close()
        raise StoreFormatError(str(folder), "its ledger holds no events of Fingerpost", remedy)
    if elsewhere is not None:
        claim_on(elsewhere, opened.store.queries)
    return opened


def _require_no_ledger(folder: Path) -> None:
    # Without events nothing was finished there: creating goes on where it was interrupted.
    if (folder / LEDGER).is_file() and _holds_events(folder / LEDGER):
        raise StoreFormatError(
            str(folder),
            f"{MARKER} is missing beside the ledger",
            f"Write it again: echo '{{\"format\": {STORE_FORMAT}}}' > {folder / MARKER} (with "
            f'"content": "URL" in it if the store was created with content=)',
        )


def _holds_events(ledger: Path) -> bool:
    import sqlite3

    try:
        with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as database:
            return database.execute("SELECT 1 FROM events LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return True  # whatever it is, it is somebody's


def _create(opening: Opening) -> OpenStore:
    folder, content = Path(opening.location), _elsewhere(opening)
    try:
        if content is not None:
            _require_promises(content, folder)
        folder.mkdir(parents=True, exist_ok=True)
        opened, elsewhere = _opened(opening, content)
        try:
            opening.found(opened.store)
            if elsewhere is not None:
                claim_on(elsewhere, opened.store.queries).make()
            # Written last: a folder without it is no store yet, and creating goes on from there.
            made = make_store(folder, StoreFacts(content=content))
            if made.content != content:
                agreed_content(str(folder), made.content, content or str(folder / CONTENT))
        except BaseException:
            opened.close()
            raise
    except OSError as error:
        raise StoreUnavailableError(
            str(folder),
            f"it cannot be created ({error.strerror or error})",
            "Name a folder that you may write to with store=…, --store or FINGERPOST_STORE.",
        ) from error
    return opened


def _opened(
    opening: Opening, location: str | None
) -> "tuple[OpenStore, PlacedContentStore | None]":
    """Return the store, and its content once more if that is elsewhere."""
    from fingerpost.adapters.event_store import SQLiteEventStore

    folder = Path(opening.location)
    elsewhere = None if location is None else _content_at(location, folder)
    events = SQLiteEventStore(folder / LEDGER)
    store = opening.store(events, elsewhere or _own_content(folder))
    opened = OpenStore(store, folder / "staging", StatCache(folder / "stat-cache.sqlite"))
    return opened, elsewhere


def _require_promises(location: str, folder: Path) -> None:
    # Before anything is made: of a store whose content has no place nothing shall be left.
    with closing(_content_at(location, folder)) as content:
        content.require_promises()


def _own_content(folder: Path) -> "ContentStore":
    import fsspec

    from fingerpost.adapters.content import FsspecContentStore

    local = fsspec.filesystem("file", skip_instance_cache=True)
    return FsspecContentStore(local, str(folder / CONTENT), folder / "content-catalog.sqlite")


def _content_at(location: str, folder: Path) -> "PlacedContentStore":
    from fingerpost.adapters.content.holds import FolderContentLock

    # All who log through this ledger can see this folder.
    holds = FolderContentLock(folder / "locks", str(folder))
    return open_content(location, holds, folder / "staging")
