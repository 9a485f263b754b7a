"""A store: one place where events and content live, as the use cases see it."""

from collections.abc import Callable
from datetime import datetime

from attrs import frozen

from fingerpost.domain.manifest.digest import Digest

from .ports.content_store import ContentStore
from .ports.event_store import EventStore
from .ports.queries import Queries


@frozen(kw_only=True)
class Store:
    """An event store, a content store, a clock and a hash function.

    Attributes:
        location: folder or URL, for people.
        events: the ledger.
        content: where bytes live.
        clock: returns the current time, UTC.
        hash_bytes: given bytes and the name of an algorithm, returns the digest under which the
            bytes are stored.
    """

    location: str
    events: EventStore
    content: ContentStore
    clock: Callable[[], datetime]
    hash_bytes: Callable[[bytes, str], Digest]

    @property
    def queries(self) -> Queries:
        """The read tables."""
        return self.events.queries

    def close(self) -> None:
        """Release what is held open. Idempotent."""
        self.events.close()
        self.content.close()
