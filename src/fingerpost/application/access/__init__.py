"""Finding things by name, and the authority with which an actor acts on them."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import authority, lookup, qualify_errors
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["authority", "lookup", "qualify_errors"]
