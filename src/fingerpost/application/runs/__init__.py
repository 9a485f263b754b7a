"""Use cases of runs."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import reading, runs
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["reading", "runs"]
