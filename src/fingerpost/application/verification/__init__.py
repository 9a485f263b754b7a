"""Checking that a store still holds what was recorded."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import files, ledger, report, whole_store
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["files", "ledger", "report", "whole_store"]
