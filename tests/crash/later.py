"""A store whose clock is ahead, so that no test waits for what ends after a time."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import attrs

import fingerpost


@contextmanager
def opened_later(folder, hours):
    """Open a store some hours from now."""
    with fingerpost.open_store(folder, actor="alice") as opened:
        ahead = timedelta(hours=hours)
        store = attrs.evolve(opened.store, clock=lambda: datetime.now(UTC) + ahead)
        yield fingerpost.OpenStore(store, opened.folder, opened.stat_cache)
