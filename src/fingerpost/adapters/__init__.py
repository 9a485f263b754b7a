"""Everything that touches the world."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        automations,
        bundles,
        codecs,
        comparison,
        content,
        downloads,
        drafts,
        event_store,
        files,
        importers,
        object_stores,
        proofs,
        read_tables,
        references,
        store_marker,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "automations",
    "bundles",
    "codecs",
    "comparison",
    "content",
    "downloads",
    "drafts",
    "event_store",
    "files",
    "importers",
    "object_stores",
    "proofs",
    "read_tables",
    "references",
    "store_marker",
]
