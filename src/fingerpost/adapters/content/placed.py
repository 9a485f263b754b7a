"""What a store asks of content that a URL names, beyond the port, and what it tells its opener."""

from pathlib import Path
from typing import Protocol

from attrs import frozen

from fingerpost.application.ports.content_store import ContentStore

from .holds import ContentLock


@frozen(kw_only=True)
class ContentOpening:
    """What the opener of a content store is given.

    Attributes:
        url: the place, as it is recorded with the store: the scheme in small letters, no slash at
            the end, no password, query or fragment.
        holds: locks that everybody who can log to the store sees, because they are where the
            ledger is. ``ContentStore.hold`` takes ``holds.shared()``; a sweep takes
            ``holds.sweeping()`` as a whole, and ``holds.cleared()`` around each removal. ``None``:
            nothing tells who is logging, so nothing may be removed (``can_sweep`` is false).
        staging: folder on this machine for what waits to be uploaded, not necessarily there;
            ``None`` for the system's temporary folder.
        catalog: path on this machine, in the user's cache, for one SQLite file of derived data.
    """

    url: str
    holds: ContentLock | None
    staging: Path | None
    catalog: Path


class OwnershipMark(Protocol):
    """A store's mark on a place that its content has to itself."""

    def make(self) -> bool:
        """Mark the place, unless it is marked for this store already. Idempotent.

        Returns:
            Whether it was not marked before.

        Raises:
            StoreUnavailableError: it is another store's, or cannot be written.
        """
        ...


class PlacedContentStore(ContentStore, Protocol):
    """A content store at a URL. The constructor need not connect to anything."""

    def require_promises(self) -> None:
        """Return if the place can keep content; asked once, before a new store uses it.

        Raises:
            StoreUnavailableError: it cannot; says what it does not promise. Or it is not reached.
        """
        ...

    def claimed_by(self, store_id: str) -> OwnershipMark:
        """Return the mark of a store, and have it looked at before any later change.

        Two stores in one place would each remove what only the other needs: ``hold``, and a sweep,
        raise :class:`StoreUnavailableError` where the mark is missing or another store's.

        Args:
            store_id: what tells the store from all others.
        """
        ...
