"""Bringing a store in a folder to the formats of this Fingerpost."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import quote

from attrs import evolve

from fingerpost.adapters.store_marker.facts import STORE_FORMAT, StoreFacts
from fingerpost.adapters.store_marker.folder import LEDGER, read_facts, write_facts

from .content import claim_on
from .folder import open_folder
from .opening import Opening
from .store import OpenStore

if TYPE_CHECKING:
    from fingerpost.adapters.content.placed import PlacedContentStore


def migrate_folder(opening: Opening) -> list[str]:
    """Bring a store up to date; return what was done, in sentences. Idempotent.

    A kill in between leaves a store that opens; the next migration goes on.
    """
    folder = Path(opening.location)
    facts = read_facts(folder)
    if facts is None:
        raise opening.absent()
    before = tables_version(folder)
    with open_folder(opening) as opened:
        return [
            *_rebuilt(opened, before),
            *_claimed(opened, facts),
            *_marked(folder, facts),
        ]


def tables_version(folder: Path) -> int | None:
    """Return the version of a ledger's read tables, as it is before somebody opens it.

    ``None`` where that cannot be told; whoever opens it finds out why.
    """
    uri = f"file:{quote(str(folder / LEDGER))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.Error:
        return None
    return version


def _rebuilt(opened: OpenStore, before: int | None) -> list[str]:
    now = tables_version(Path(opened.location))
    if before is None or before == now:
        return []
    return [f"The read tables were made anew from the ledger: version {before} is {now} now."]


def _claimed(opened: OpenStore, facts: StoreFacts) -> list[str]:
    if facts.content is None:
        return []
    content = cast("PlacedContentStore", opened.store.content)  # that is what opens elsewhere
    if not claim_on(content, opened.store.queries).make():
        return []
    return [f"The content in {facts.content} was marked as this store's."]


def _marked(folder: Path, facts: StoreFacts) -> list[str]:
    if facts.format == STORE_FORMAT:
        return []
    write_facts(folder, evolve(facts, format=STORE_FORMAT))
    return [f"The store's format {facts.format} is {STORE_FORMAT} now."]
