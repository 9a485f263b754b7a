"""Fingerpost: which bytes a name stands for.

An artifact registry to embed: immutable, checksummed versions; aliases that point at them;
registries to publish them in; and the history of every pointer that was ever moved.
"""

from fingerpost.adapters.bootstrap import OpenStore, open_store
from fingerpost.adapters.codecs import Audio, Codec, Html
from fingerpost.adapters.sdk import (
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
from fingerpost.domain.ttl import ArtifactTTL

from . import errors

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
    "Lineage",
    "OpenStore",
    "Organization",
    "RecordedRun",
    "Registry",
    "Run",
    "ServiceAccount",
    "Team",
    "errors",
    "init",
    "open_store",
]
