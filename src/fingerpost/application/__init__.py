"""Use cases and the ports that they need; knows the domain and no technology."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        access,
        automations,
        collections,
        content,
        history,
        importing,
        json_form,
        lineage,
        manifests,
        organizations,
        ports,
        read_models,
        registries,
        runs,
        search,
        store,
        transactions,
        verification,
        visibility,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "access",
    "automations",
    "collections",
    "content",
    "history",
    "importing",
    "json_form",
    "lineage",
    "manifests",
    "organizations",
    "ports",
    "read_models",
    "registries",
    "runs",
    "search",
    "store",
    "transactions",
    "verification",
    "visibility",
]
