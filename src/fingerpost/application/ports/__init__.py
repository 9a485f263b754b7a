"""Ports: the interfaces that the use cases need and the adapters implement."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        automation_queries,
        content_check,
        content_store,
        content_sweep,
        count_queries,
        deliveries,
        event_store,
        governance_queries,
        history_queries,
        origin_queries,
        queries,
        references,
        run_queries,
        search_queries,
        secret_vault,
        sender,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "automation_queries",
    "content_check",
    "content_store",
    "content_sweep",
    "count_queries",
    "deliveries",
    "event_store",
    "governance_queries",
    "history_queries",
    "origin_queries",
    "queries",
    "references",
    "run_queries",
    "search_queries",
    "secret_vault",
    "sender",
]
