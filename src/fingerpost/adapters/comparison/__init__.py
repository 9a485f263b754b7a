"""The differences between two manifests, in bounded memory."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import differences
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["differences"]
