"""Manifests on their way into and out of a content store."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import entry_pages, manifests, ordered_entries
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["entry_pages", "manifests", "ordered_entries"]
