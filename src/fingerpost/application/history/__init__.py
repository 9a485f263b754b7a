"""What happened: the ledger, the past of aliases, proofs."""

from typing import TYPE_CHECKING

from fingerpost._lazy import lazy_modules

if TYPE_CHECKING:
    from . import (
        as_of,
        cloud_events,
        deletions,
        event_sequence_check,
        following,
        ledger_proofs,
        reading,
    )
else:
    __getattr__ = lazy_modules(__name__)

__all__ = [
    "as_of",
    "cloud_events",
    "deletions",
    "event_sequence_check",
    "following",
    "ledger_proofs",
    "reading",
]
