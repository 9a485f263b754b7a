"""Organizations, the entities that own projects, and who belongs to them."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import effective_roles, entity, membership, organization
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["effective_roles", "entity", "membership", "organization"]
