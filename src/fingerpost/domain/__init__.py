"""The pure rules: attrs and the standard library. No I/O, no clock, no environment."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        aggregates,
        automation,
        collection,
        errors,
        events,
        filters,
        ledger,
        lineage,
        manifest,
        metadata,
        names,
        organization,
        registry,
        run,
        search,
        timestamps,
        versions,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "aggregates",
    "automation",
    "collection",
    "errors",
    "events",
    "filters",
    "ledger",
    "lineage",
    "manifest",
    "metadata",
    "names",
    "organization",
    "registry",
    "run",
    "search",
    "timestamps",
    "versions",
]
