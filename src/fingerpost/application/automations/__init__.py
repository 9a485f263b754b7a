"""Use cases of automations: rules, secrets and deliveries."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        automations,
        dead_letters,
        planning,
        requests,
        response_classification,
        retry_policy,
        scopes,
        secrets,
        webhook_signing,
        worker,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "automations",
    "dead_letters",
    "planning",
    "requests",
    "response_classification",
    "retry_policy",
    "scopes",
    "secrets",
    "webhook_signing",
    "worker",
]
