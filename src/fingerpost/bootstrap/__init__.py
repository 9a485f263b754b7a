"""Wiring: which adapters make up a store. The only reader of settings."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        bundles,
        content,
        content_kinds,
        content_location,
        download_cache,
        folder,
        followed_ledger,
        ledger_event,
        ledger_kinds,
        memory,
        migration,
        network_mounts,
        open_store,
        opening,
        plugins,
        settings,
        settings_file,
        shared,
        store,
        urls,
        versions,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "bundles",
    "content",
    "content_kinds",
    "content_location",
    "download_cache",
    "folder",
    "followed_ledger",
    "ledger_event",
    "ledger_kinds",
    "memory",
    "migration",
    "network_mounts",
    "open_store",
    "opening",
    "plugins",
    "settings",
    "settings_file",
    "shared",
    "store",
    "urls",
    "versions",
]
