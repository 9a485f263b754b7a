"""Running commands: load heads, decide, append under conditions."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import claims, command_subjects, idempotency, transaction
else:
    __getattr__ = lazy_modules(__name__)

__all__ = ["claims", "command_subjects", "idempotency", "transaction"]
