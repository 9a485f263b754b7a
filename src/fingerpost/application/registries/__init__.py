"""Use cases of registries: creating them, their policy, and links into them."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import create_collection, links, reading, registries
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["create_collection", "links", "reading", "registries"]
