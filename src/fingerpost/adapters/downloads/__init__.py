"""The files of a version on their way out of a store."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        cache,
        destination,
        download,
        drift,
        entry_reader,
        parts,
        tree,
        verification,
        workers,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "cache",
    "destination",
    "download",
    "drift",
    "entry_reader",
    "parts",
    "tree",
    "verification",
    "workers",
]
