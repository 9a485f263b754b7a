"""Stores whose ledger is in PostgreSQL: the wiring.

What belongs to the store is in its schema: events, read tables, and what automations have delivered
and owe. What belongs to a machine is in a folder of its user: the digests of local files that have
not changed, and files on their way into the store.
"""

from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from fingerpost.application.ports.content_store import ContentStore
from fingerpost.application.store import Store

from .bootstrap import OpenStore
from .hashing import hash_bytes
from .stat_cache import StatCache

if TYPE_CHECKING:
    from .automations import AutomationsState
    from .event_store.postgres import PostgresEventStore


class PostgresOpenStore(OpenStore):
    """An open store whose ledger is in PostgreSQL."""

    @cached_property
    def automations(self) -> "AutomationsState":
        """What automations have delivered and owe, and the values of their secrets."""
        from .automations import AutomationsState
        from .event_store.postgres import PostgresEventStore

        events = self.store.events
        assert isinstance(events, PostgresEventStore)  # noqa: S101 - what this class is for
        return AutomationsState(None, events.automations)


def on_postgres(
    events: "PostgresEventStore", content: ContentStore, staging: Path | None = None
) -> OpenStore:
    """Return an open store.

    Args:
        events: its ledger.
        content: its content.
        staging: where drafts may put files that a rename brings into the content; ``None`` where
            there is no such place.
    """
    store = Store(
        location=events.location,
        events=events,
        content=content,
        clock=partial(datetime.now, UTC),
        hash_bytes=hash_bytes,
    )
    folder = machine_folder(events.store_id)
    return PostgresOpenStore(store, staging, StatCache(folder / "stat-cache.sqlite"))


def machine_folder(store_id: UUID) -> Path:
    """Return where this user keeps, on this machine, what is derived from a store elsewhere."""
    import platformdirs

    cache = platformdirs.user_cache_dir("fingerpost", appauthor=False)
    return Path(cache, "stores", store_id.hex)
