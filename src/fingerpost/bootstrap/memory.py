"""Stores whose ledger keeps nothing: for tests, and for trying things out."""

from fingerpost.application.ports.content_store import ContentStore

from .content import open_content
from .opening import Opening
from .settings import MEMORY
from .store import OpenStore

# The event stores and content stores bring half of the start-up time along (sqlite, asyncio, …):
# they are imported when a store is opened.


def open_in_memory(opening: Opening) -> OpenStore:
    """Return a new and empty store.

    With content elsewhere, that is never claimed and nothing is removed from it: when the process
    ends, nobody knows any more what it is.
    """
    from fingerpost.adapters.content import InMemoryContentStore
    from fingerpost.adapters.event_store import InMemoryEventStore

    content: ContentStore = InMemoryContentStore()
    if opening.content not in {None, MEMORY}:
        elsewhere = open_content(str(opening.content), None)
        elsewhere.require_promises()
        content = elsewhere
    store = opening.store(InMemoryEventStore(), content)
    opening.found(store)
    return OpenStore(store, None, None)
