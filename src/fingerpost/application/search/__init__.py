"""Finding registries, collections and versions, and listing projects."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import filtering, listings, search
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["filtering", "listings", "search"]
