"""Wiring: which adapters make up a store. The one module that knows them all."""

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from fingerpost.application.organizations import DEFAULT_ORGANIZATION, found
from fingerpost.application.ports.references import ReferenceResolver
from fingerpost.application.store import Store
from fingerpost.application.transaction import Session
from fingerpost.domain.errors import (
    InvalidValueError,
    StoreFormatError,
    StoreNotFoundError,
    StoreUnavailableError,
)
from fingerpost.domain.names import Actor

from . import settings as settings_module
from .download_cache import DownloadCache, NoCache, parse_size
from .followed_ledger import FollowedLedger
from .hashing import hash_bytes
from .references.plugins import checked
from .settings import (
    CACHE_SIZE,
    MEMORY,
    Settings,
    actor_name,
    cache_folder,
    organization_name,
    store_location,
)
from .stat_cache import StatCache
from .store_folder import LEDGER, MARKER, STORE_FORMAT, is_readable_store, write_marker

if TYPE_CHECKING:
    from .automations import AutomationsState


class OpenStore(FollowedLedger):
    """An open store: what ``store=`` takes wherever a folder or URL is taken.

    One store may be open many times, in several threads and processes. A context manager;
    closing is optional, and is done when the last reference goes away.

    Attributes:
        store: the ports.
        stat_cache: digests of local files that have not changed; ``None`` in memory.
        folder: where drafts may put files that a rename brings into the store; ``None`` where
            there is no such place.
        resolvers: know kinds of references, before those that Fingerpost knows.
    """

    def __init__(
        self,
        store: Store,
        folder: Path | None,
        stat_cache: StatCache | None,
        resolvers: Sequence[ReferenceResolver] = (),
    ) -> None:
        self.store = store
        self.folder = folder
        self.stat_cache = stat_cache
        self.resolvers = resolvers

    @property
    def location(self) -> str:
        """Folder or URL."""
        return self.store.location

    @cached_property
    def download_cache(self) -> DownloadCache | NoCache:
        """Copies of content that is not on this machine; shared by all stores of a user."""
        cache = download_cache()
        return cache if cache.limit_bytes else NoCache()

    @cached_property
    def automations(self) -> "AutomationsState":
        """What automations have delivered and owe, and the values of their secrets."""
        from .automations import AutomationsState

        folder = None if self.store.location == MEMORY else Path(self.store.location)
        return AutomationsState(folder)

    def rebuild(self) -> int:
        """Recreate the read tables from the ledger alone; return the number of events."""
        return self.store.events.rebuild()

    def close(self) -> None:
        """Release what is held open. Idempotent."""
        if self.stat_cache is not None:
            self.stat_cache.close()
        if "automations" in self.__dict__:
            self.automations.close()
        self.store.close()

    def __repr__(self) -> str:
        return f"OpenStore({self.location!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_store(
    store: "str | os.PathLike[str] | OpenStore | None" = None,
    *,
    actor: str | None = None,
    create: bool = True,
    resolvers: Iterable[ReferenceResolver] = (),
) -> OpenStore:
    """Open a store, and create it if there is none.

    Args:
        store: a folder, a ``file://`` URL, ``memory://``, or a store that is open already; else
            ``FINGERPOST_STORE``, else the nearest ``.fingerpost/`` above the working directory,
            else a folder of the user's own.
        actor: who administers the store if it is created now; else ``FINGERPOST_ACTOR``, else the
            operating system's user.
        create: whether to create it.
        resolvers: know kinds of references, for whatever is done with the store that is returned;
            asked before those that Fingerpost knows and those that are installed.

    Raises:
        InvalidValueError: what is to resolve references is no resolver, or the store is open
            already (a ``ValueError``).
        StoreNotFoundError: there is none, and ``create`` is false.
        StoreFormatError: it was written by a newer Fingerpost.
        StoreUnavailableError: it cannot be opened or created.
    """
    given = [checked(resolver) for resolver in resolvers]
    if isinstance(store, OpenStore):
        if given:
            problem = "the store is open already, with resolvers of its own"
            raise InvalidValueError("resolvers", given, problem, "Pass them when it is opened.")
        return store
    opened = _open(store, actor, create=create)
    opened.resolvers = given
    return opened


def _open(store: "str | os.PathLike[str] | None", actor: str | None, *, create: bool) -> OpenStore:
    settings = settings_module.from_environment()
    location = store_location(store, settings)
    founder = actor_name(actor, settings)
    if location == MEMORY:
        return _found(_in_memory(), founder, settings)
    folder = Path(location)
    if is_readable_store(folder):
        return _with_its_ledger(folder)
    if not create:
        _require_no_ledger(folder)
        raise StoreNotFoundError(
            "store",
            location,
            (),
            "Log something to create it, or name another with --store or FINGERPOST_STORE.",
        )
    return _create(folder, founder, settings)


def download_cache() -> DownloadCache:
    """Return the cache that the environment says; with a limit of 0 bytes it is turned off.

    Raises:
        InvalidValueError: ``FINGERPOST_CACHE`` or ``FINGERPOST_CACHE_SIZE`` makes no sense.
    """
    settings = settings_module.from_environment()
    limit_bytes = parse_size(settings.cache_size or CACHE_SIZE, "FINGERPOST_CACHE_SIZE")
    return DownloadCache(cache_folder(settings), limit_bytes)


def _with_its_ledger(folder: Path) -> OpenStore:
    remedy = "Restore ledger.sqlite from a backup: without it nobody knows what the content is."
    ledger = folder / LEDGER
    if not ledger.is_file() or not ledger.stat().st_size:
        raise StoreFormatError(str(folder), "its ledger is missing or empty", remedy)
    opened = _on_disk(folder)
    if not opened.store.queries.organizations():
        opened.close()
        raise StoreFormatError(str(folder), "its ledger holds no events of Fingerpost", remedy)
    return opened


def _require_no_ledger(folder: Path) -> None:
    if (folder / LEDGER).is_file():
        raise StoreFormatError(
            str(folder),
            f"{MARKER} is missing beside the ledger",
            f"Write it again: echo '{{\"format\": {STORE_FORMAT}}}' > {folder / MARKER}",
        )


def _create(folder: Path, founder: Actor, settings: Settings) -> OpenStore:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = _found(_on_disk(folder), founder, settings)
        # Written last: a folder without it is no store yet, and creating goes on from there.
        write_marker(folder)
    except OSError as error:
        raise StoreUnavailableError(
            str(folder),
            f"it cannot be created ({error.strerror or error})",
            "Name a folder that you may write to with store=…, --store or FINGERPOST_STORE.",
        ) from error
    return opened


def _found(opened: OpenStore, founder: Actor, settings: Settings) -> OpenStore:
    name = organization_name(settings, DEFAULT_ORGANIZATION)
    found(Session(store=opened.store, actor=founder), name)
    return opened


# The event stores and content stores bring half of the start-up time along (sqlite, asyncio, …):
# they are imported when a store is opened.


def _in_memory() -> OpenStore:
    from .content import InMemoryContentStore
    from .event_store import InMemoryEventStore

    store = Store(
        location=MEMORY,
        events=InMemoryEventStore(),
        content=InMemoryContentStore(),
        clock=partial(datetime.now, UTC),
        hash_bytes=hash_bytes,
    )
    return OpenStore(store, None, None)


def _on_disk(folder: Path) -> OpenStore:
    import fsspec

    from .content import FsspecContentStore
    from .event_store import SQLiteEventStore

    store = Store(
        location=str(folder),
        events=SQLiteEventStore(folder / LEDGER),
        content=FsspecContentStore(
            fsspec.filesystem("file", skip_instance_cache=True),
            str(folder / "content"),
            folder / "content-catalog.sqlite",
        ),
        clock=partial(datetime.now, UTC),
        hash_bytes=hash_bytes,
    )
    return OpenStore(store, folder / "staging", StatCache(folder / "stat-cache.sqlite"))
