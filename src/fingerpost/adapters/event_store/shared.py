"""What a store asks of a ledger that a URL names, beyond the port, and what it tells its opener."""

from typing import Protocol
from uuid import UUID

from attrs import field, frozen

from fingerpost.application.ports.event_store import EventStore

from ..automations.ports import Database
from ..content.holds import ContentLock


@frozen(kw_only=True)
class LedgerOpening:
    """What the opener of an event store is given.

    Attributes:
        url: as the user wrote it, with the scheme in small letters. It may hold a password, so it
            must not be shown or stored.
        create: whether to make the ledger if there is none. If not, the opener raises
            :class:`StoreNotFoundError`.
    """

    url: str = field(repr=False)
    create: bool


class SharedEventStore(EventStore, Protocol):
    """An event store at a URL, with what belongs to the store beside its events.

    Its ``location`` is its URL without a password: whatever is shown or recorded uses that.
    """

    @property
    def store_id(self) -> UUID:
        """What tells this store from all others; made with the ledger, and never changed."""
        ...

    @property
    def holds(self) -> ContentLock | None:
        """Locks between those who log and garbage collection, seen by all who use this ledger.

        ``None`` where it has none; then no garbage can be collected.
        """
        ...

    @property
    def automations(self) -> Database | None:
        """Where deliveries and secrets of automations are kept, for all who use this ledger.

        ``None`` where it has no place for them; then automations cannot be used.
        """
        ...

    def fact(self, name: str) -> str | None:
        """Return what was recorded of the store under a name, or ``None``."""
        ...

    def add_fact(self, name: str, value: str) -> None:
        """Record something of the store for good, durably, unless that was done under this name."""
        ...
