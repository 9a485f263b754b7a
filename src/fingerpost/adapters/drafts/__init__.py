"""Local files on their way into an artifact."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import entries, staging_area, unchanged, walk
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["entries", "staging_area", "unchanged", "walk"]
