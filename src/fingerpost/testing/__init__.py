"""What users and authors of adapters test with; needs the extra ``fingerpost[testing]``."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

import pytest

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

# Imported when first asked for: whoever needs one suite or model does not wait for all of them.
_HOMES: Final = {
    "BucketResolverConformance": "reference_resolver",
    "ContentStoreConformance": "content_store",
    "EventStoreConformance": "event_store",
    "FolderResolverConformance": "reference_resolver",
    "GovernanceMachine": "governance_machine",
    "ReferenceResolverConformance": "reference_resolver",
    "RegistryMachine": "registry_machine",
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


def __getattr__(name: str) -> object:
    if name == "strategies":
        return import_module(".strategies", __name__)
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found = globals()[name] = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
