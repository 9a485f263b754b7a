"""Fingerpost: which bytes a name stands for.

An artifact registry to embed: immutable, checksummed versions; aliases that point at them;
registries to publish them in; and the history of every pointer that was ever moved.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fingerpost import errors
    from fingerpost.adapters.codecs import Audio, Codec, Html
    from fingerpost.adapters.proofs import Ledger, LedgerReport, SigningKey, Witness
    from fingerpost.application.transactions.idempotency import once
    from fingerpost.bootstrap.open_store import open_store
    from fingerpost.bootstrap.store import OpenStore
    from fingerpost.domain.versions.ttl import ArtifactTTL
    from fingerpost.sdk import (
        Api,
        Approval,
        Artifact,
        ArtifactEntry,
        ArtifactType,
        Collection,
        Diff,
        Entity,
        Lineage,
        Organization,
        RecordedRun,
        Registry,
        Run,
        ServiceAccount,
        Team,
        init,
    )

# Making some two hundred frozen classes takes longer than a command line that only prints its help
# should: a name is imported when it is first asked for.
_HOMES = {
    "fingerpost.bootstrap.open_store": ("OpenStore", "open_store"),
    "fingerpost.adapters.codecs": ("Audio", "Codec", "Html"),
    "fingerpost.adapters.proofs": ("Ledger", "LedgerReport", "SigningKey", "Witness"),
    "fingerpost.sdk": (
        "Api",
        "Approval",
        "Artifact",
        "ArtifactEntry",
        "ArtifactType",
        "Collection",
        "Diff",
        "Entity",
        "Lineage",
        "Organization",
        "RecordedRun",
        "Registry",
        "Run",
        "ServiceAccount",
        "Team",
        "init",
    ),
    "fingerpost.application.transactions.idempotency": ("once",),
    "fingerpost.domain.versions.ttl": ("ArtifactTTL",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Api",
    "Approval",
    "Artifact",
    "ArtifactEntry",
    "ArtifactTTL",
    "ArtifactType",
    "Audio",
    "Codec",
    "Collection",
    "Diff",
    "Entity",
    "Html",
    "Ledger",
    "LedgerReport",
    "Lineage",
    "OpenStore",
    "Organization",
    "RecordedRun",
    "Registry",
    "Run",
    "ServiceAccount",
    "SigningKey",
    "Team",
    "Witness",
    "errors",
    "init",
    "once",
    "open_store",
]


def __getattr__(name: str) -> object:
    """Import a name of the public API."""
    if name == "errors":
        return import_module("fingerpost.errors")
    if name not in _HOME_OF:
        msg = f"module 'fingerpost' has no attribute {name!r}"
        raise AttributeError(msg)
    found = globals()[name] = getattr(import_module(_HOME_OF[name]), name)
    return found


def __dir__() -> list[str]:
    """Return the names of the public API."""
    return sorted({*globals(), *__all__})
