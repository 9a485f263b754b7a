"""The marker that makes a place a store, and says which formats it has."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import facts, folder
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["facts", "folder"]
