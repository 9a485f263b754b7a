"""Use cases of content: expiry and garbage collection."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import expiry, garbage, garbage_report
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["expiry", "garbage", "garbage_report"]
