"""What users and authors of adapters test with; needs the extra ``fingerpost[testing]``."""

from typing import TYPE_CHECKING, Final

import pytest

from fingerpost._lazy import lazy_names

# Rewritten, a failing `assert` of a suite shows the values.
pytest.register_assert_rewrite(
    "fingerpost.testing.accounts",
    "fingerpost.testing.content_store",
    "fingerpost.testing.event_store",
    "fingerpost.testing.governance_fold",
    "fingerpost.testing.governance_machine",
    "fingerpost.testing.ledger_fold",
    "fingerpost.testing.reference_resolver",
    "fingerpost.testing.registry_machine",
    "fingerpost.testing.store_machine",
)

if TYPE_CHECKING:
    from . import strategies
    from .content_store import ContentStoreConformance
    from .event_store import EventStoreConformance
    from .governance_machine import GovernanceMachine
    from .reference_resolver import (
        BucketResolverConformance,
        FolderResolverConformance,
        ReferenceResolverConformance,
    )
    from .registry_machine import RegistryMachine

# Imported on first use: a test that needs one suite does not wait for all of them.
_HOMES: Final = {
    "content_store": ("ContentStoreConformance",),
    "event_store": ("EventStoreConformance",),
    "governance_machine": ("GovernanceMachine",),
    "reference_resolver": (
        "BucketResolverConformance",
        "FolderResolverConformance",
        "ReferenceResolverConformance",
    ),
    "registry_machine": ("RegistryMachine",),
    "strategies": (),
}

__all__ = [
    "BucketResolverConformance",
    "ContentStoreConformance",
    "EventStoreConformance",
    "FolderResolverConformance",
    "GovernanceMachine",
    "ReferenceResolverConformance",
    "RegistryMachine",
    "strategies",
]

__getattr__ = lazy_names(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
