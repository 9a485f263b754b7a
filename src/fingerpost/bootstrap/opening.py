"""What it takes to open a store, whatever keeps its ledger.

Each kind of ledger has a module with one function, which is given an :class:`Opening` and returns
an :class:`~.opened.OpenStore`: :mod:`.memory_store`, :mod:`.folder_store`.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from attrs import field, frozen

from fingerpost.adapters.files.hashing import hash_bytes
from fingerpost.application.organizations.organizations import DEFAULT_ORGANIZATION, found
from fingerpost.application.ports.content_store import ContentStore
from fingerpost.application.ports.event_store import EventStore
from fingerpost.application.store import Store
from fingerpost.application.transactions.transaction import Session
from fingerpost.domain.errors import StoreNotFoundError
from fingerpost.domain.names.names import Actor

from .settings import Settings, organization_name


@frozen(kw_only=True)
class Opening:
    """What was asked for.

    Attributes:
        location: of the store, in its normal form.
        content: where the caller thinks the content is, in its normal form; ``None`` for wherever
            it is, and in a new store for the store's own place.
        founder: who administers the store if it is created now.
        create: whether to create it.
        settings: of environment and settings file.
        organization: name of the default organization of a store that is created now; ``None`` for
            that of the settings.
        begin: gives a store that is created now what it begins with, instead of an organization;
            called again if it was interrupted.
    """

    location: str = field(repr=False)  # a URL may have a password in it
    content: str | None
    founder: Actor
    create: bool
    settings: Settings
    organization: str | None = None
    begin: Callable[[Store], None] | None = None

    def store(self, events: EventStore, content: ContentStore) -> Store:
        """Return the store that these make up."""
        clock: Callable[[], datetime] = partial(datetime.now, UTC)
        return Store(
            location=self.location,
            events=events,
            content=content,
            clock=clock,
            hash_bytes=hash_bytes,
        )

    def found(self, store: Store) -> None:
        """Give a store its organization and first registries, unless it has them. Idempotent."""
        if self.begin is not None:
            self.begin(store)
            return
        name = organization_name(self.organization, self.settings, DEFAULT_ORGANIZATION)
        found(Session(store=store, actor=self.founder), name)

    def absent(self) -> StoreNotFoundError:
        """Return the error where there is no store, and none is to be created."""
        return StoreNotFoundError(
            "store",
            self.location,
            (),
            "Log something to create it, or name another with --store or FINGERPOST_STORE.",
        )


def catalog_path(content: str) -> Path:
    """Return where the catalog of content elsewhere is kept: derived data, of this user.

    Args:
        content: its place.
    """
    import platformdirs

    name = hash_bytes(content.encode()).hex[:32]
    folder = platformdirs.user_cache_dir("fingerpost", appauthor=False)
    return Path(folder, "catalogs", f"{name}.sqlite")
