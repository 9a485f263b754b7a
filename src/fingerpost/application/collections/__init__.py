"""Use cases of collections: versions, aliases, tags, approvals, rollbacks."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        aliases,
        approvals,
        collection_edits,
        collection_names,
        collections,
        edits,
        reading,
        resolving,
        rollbacks,
        versions,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "aliases",
    "approvals",
    "collection_edits",
    "collection_names",
    "collections",
    "edits",
    "reading",
    "resolving",
    "rollbacks",
    "versions",
]
