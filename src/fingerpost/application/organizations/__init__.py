"""Use cases of organizations, teams and their members."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import entities, members, organizations, reading, teams
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["entities", "members", "organizations", "reading", "teams"]
