"""What users and authors of adapters test with; needs the extra ``fingerpost[testing]``."""

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

from . import strategies  # noqa: E402 - after the rewriting was asked for
from .content_store import ContentStoreConformance  # noqa: E402
from .event_store import EventStoreConformance  # noqa: E402
from .governance_machine import GovernanceMachine  # noqa: E402
from .reference_resolver import (  # noqa: E402
    BucketResolverConformance,
    FolderResolverConformance,
    ReferenceResolverConformance,
)
from .registry_machine import RegistryMachine  # noqa: E402

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
