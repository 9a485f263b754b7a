"""Kinds of ledgers, by the scheme of a store's location: built in, or plugged in."""

from collections.abc import Callable
from functools import partial
from typing import Final

from attrs import frozen

from fingerpost.domain.errors import StoreUnavailableError

from .folder import open_folder
from .memory import open_in_memory
from .migration import migrate_folder
from .opening import Opening
from .plugins import EVENT_STORES, find_plugin, installed_schemes
from .settings import MEMORY
from .shared import OpenLedger, migrate_shared, open_shared, postgres_ledger
from .store import OpenStore
from .urls import masked, scheme_of


@frozen
class LedgerKind:
    """One kind of ledger.

    Attributes:
        open: opens a store, or creates one.
        migrate: brings one to the newest formats; returns what was done, in sentences.
    """

    open: Callable[[Opening], OpenStore]
    migrate: Callable[[Opening], list[str]]


def _shared(open_ledger: OpenLedger) -> LedgerKind:
    return LedgerKind(partial(open_shared, open_ledger), partial(migrate_shared, open_ledger))


_KINDS: Final = {
    "": LedgerKind(open_folder, migrate_folder),
    "memory": LedgerKind(open_in_memory, lambda _: []),
    **dict.fromkeys(("postgresql", "postgres"), _shared(postgres_ledger)),
}
"""What is built in, by scheme; ``file://`` has become the path of a folder before."""


def ledger_kind(location: str) -> LedgerKind:
    """Return the kind of ledger at a location in its normal form.

    Raises:
        StoreUnavailableError: no kind that is known has its scheme; lists those that are.
        PluginError: two plug-ins have it.
    """
    scheme = scheme_of(location)
    if scheme == "memory" and location != MEMORY:
        raise _unknown(location)
    if scheme in _KINDS:
        return _KINDS[scheme]
    plugin = find_plugin(EVENT_STORES, scheme)
    if plugin is None:
        raise _unknown(location)
    return _shared(plugin.open)


def _unknown(location: str) -> StoreUnavailableError:
    plugged_in = [f"{name}://" for name in installed_schemes(EVENT_STORES)]
    known = ", ".join(["a file:// URL", "a postgresql:// URL", *plugged_in])
    return StoreUnavailableError(
        masked(location),
        "no store can be opened there",
        f"Give a folder, {known}, or {MEMORY!r} for one that keeps nothing. Others come with "
        f"distributions that have an entry point in {EVENT_STORES}: install the one for this "
        f"scheme.",
    )
