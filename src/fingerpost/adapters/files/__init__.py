"""Files of the operating system: hashing, copying, locking, durability and scratch databases."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        copying,
        disposable_database,
        durability,
        finalizers,
        hashing,
        locks,
        safe_open,
        staging,
        stat_cache,
        uris,
        verified_reader,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "copying",
    "disposable_database",
    "durability",
    "finalizers",
    "hashing",
    "locks",
    "safe_open",
    "staging",
    "stat_cache",
    "uris",
    "verified_reader",
]
