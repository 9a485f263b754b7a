"""Stores whose ledger is behind a URL: in PostgreSQL, or in what a plug-in opens.

The content is in a folder that all machines see, on object storage, or behind another URL. What
belongs to the store is where its ledger is: events, read tables, and what automations have
delivered and owe. What belongs to a machine is in a folder of its user: the digests of local files
that have not changed, and files on their way into the store.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast
from uuid import UUID

from attrs import evolve

from fingerpost.adapters.files.stat_cache import StatCache
from fingerpost.adapters.store_marker.facts import StoreFacts
from fingerpost.domain.errors import StoreNotFoundError, StoreUnavailableError

from .content import claim_on, open_content
from .content_location import agreed_content
from .opening import Opening
from .settings import MEMORY, allowed_webhook_hosts, secrets_key
from .store import OpenStore

if TYPE_CHECKING:
    from fingerpost.adapters.automations import AutomationsState
    from fingerpost.adapters.event_store.shared import LedgerOpening, SharedEventStore

OpenLedger = Callable[["LedgerOpening"], "SharedEventStore"]
"""Opens the ledger behind a URL."""

_FACTS: Final = "store"
_RECORD: Final = "what is recorded of the store beside its ledger"


class SharedOpenStore(OpenStore):
    """An open store whose ledger is behind a URL."""

    @cached_property
    def automations(self) -> "AutomationsState":
        """What automations have delivered and owe, and the values of their secrets.

        Raises:
            StoreUnavailableError: this kind of ledger keeps none.
        """
        from fingerpost.adapters.automations import AutomationsState

        events = cast("SharedEventStore", self.store.events)
        if events.automations is None:
            raise StoreUnavailableError(
                self.location,
                "this kind of ledger has no place for deliveries and secrets",
                "Use automations on a store in a folder or in PostgreSQL.",
            )
        return AutomationsState(events.automations, secrets_key, allowed_webhook_hosts)


def postgres_ledger(opening: "LedgerOpening") -> "SharedEventStore":
    """Open a ledger in a PostgreSQL schema.

    Raises:
        MissingExtraError: psycopg is not installed.
        StoreNotFoundError: there is none, and none is to be created.
        StoreUnavailableError: the server cannot be reached, or does not permit it.
    """
    from fingerpost.adapters.event_store.postgres import PostgresEventStore

    return PostgresEventStore(opening.url, create=opening.create)


def open_shared(open_ledger: OpenLedger, opening: Opening) -> OpenStore:
    """Open a store whose ledger is behind a URL, or create one.

    Args:
        open_ledger: opens the ledger.
        opening: what was asked for.

    Raises:
        MissingExtraError: the library for its ledger or its content is not installed.
        PluginError: the plug-in for one of them cannot be used.
        StoreNotFoundError: there is none, and none is to be created.
        StoreFormatError: it cannot be read, or a newer Fingerpost wrote it.
        StoreUnavailableError: it cannot be opened or created; or its content is not where the
            caller thinks, or has no place.
    """
    events = _ledger(open_ledger, opening)
    # From here on it goes by a location without password.
    opening = evolve(opening, location=events.location)
    try:
        facts = _facts(opening, events)
        if facts is None:
            return _create(opening, events)
        content = agreed_content(opening.location, facts.content, opening.content)
        opened = _opened(opening, events, str(content))
    except BaseException:
        events.close()
        raise
    return opened


def migrate_shared(open_ledger: OpenLedger, opening: Opening) -> list[str]:
    """Bring a store up to date; return what was done, in sentences. Idempotent."""
    open_shared(open_ledger, opening).close()
    return []


def _ledger(open_ledger: OpenLedger, opening: Opening) -> "SharedEventStore":
    from fingerpost.adapters.event_store.shared import LedgerOpening

    can_create = opening.create and opening.content is not None
    try:
        return open_ledger(LedgerOpening(url=opening.location, create=can_create))
    except StoreNotFoundError as error:
        if not opening.create:
            raise
        raise _without_place(error.name) from error


def _facts(opening: Opening, events: "SharedEventStore") -> StoreFacts | None:
    written = events.fact(_FACTS)
    if written is None:
        return None
    return StoreFacts.parse(written, opening.location, _RECORD)


def _create(opening: Opening, events: "SharedEventStore") -> OpenStore:
    if not opening.create:
        raise opening.absent()
    content = opening.content
    if content is None:
        raise _without_place(opening.location)
    if content.startswith(MEMORY):
        raise StoreUnavailableError(
            opening.location,
            f"content in {content!r} is lost when the process ends, and the ledger is not",
            f"Give content a place that stays, or open the store {MEMORY!r}.",
        )
    opened = _opened(opening, events, content, is_new=True)
    # Written last: without them it is no store yet, and creating goes on from there. Whoever else
    # creates it now, with its content elsewhere, may be first.
    events.add_fact(_FACTS, StoreFacts(content=content).as_json())
    agreed_content(opening.location, getattr(_facts(opening, events), "content", None), content)
    return opened


def _opened(
    opening: Opening, events: "SharedEventStore", location: str, *, is_new: bool = False
) -> OpenStore:
    folder = _machine_folder(events.store_id)
    content = open_content(location, events.holds, folder / "staging")
    store = opening.store(events, content)
    if is_new:
        content.require_promises()
        opening.found(store)
    claim = claim_on(content, store.queries)
    if is_new:
        claim.make()
    return SharedOpenStore(store, folder / "staging", StatCache(folder / "stat-cache.sqlite"))


def _machine_folder(store_id: UUID) -> Path:
    """Return where this user keeps, on this machine, what is derived from a store elsewhere."""
    import platformdirs

    cache = platformdirs.user_cache_dir("fingerpost", appauthor=False)
    return Path(cache, "stores", store_id.hex)


def _without_place(location: str) -> StoreUnavailableError:
    return StoreUnavailableError(
        location,
        "there is no store yet, and its content has no place",
        "Say where with content=…, --content or FINGERPOST_CONTENT: a folder that all machines "
        "see, or s3://bucket/prefix, gs://bucket/prefix or az://container/prefix.",
    )
