"""Rows of the read tables, and how lists are selected and paged."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        automation_rows,
        cursors,
        governance_rows,
        history_rows,
        hits,
        policy_descriptions,
        rows,
        selection,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "automation_rows",
    "cursors",
    "governance_rows",
    "history_rows",
    "hits",
    "policy_descriptions",
    "rows",
    "selection",
]
