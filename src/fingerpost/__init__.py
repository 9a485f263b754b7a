"""Fingerpost: which bytes a name stands for.

An artifact registry to embed: immutable, checksummed versions; aliases that point at them;
registries to publish them in; and the history of every pointer that was ever moved.
"""

from fingerpost.adapters.bootstrap import OpenStore, open_store
from fingerpost.adapters.codecs import Audio, Codec, Html
from fingerpost.adapters.sdk import (
    Api,
    Artifact,
    ArtifactEntry,
    Collection,
    Registry,
    Run,
    init,
)

from . import errors

__all__ = [
    "Api",
    "Artifact",
    "ArtifactEntry",
    "Audio",
    "Codec",
    "Collection",
    "Html",
    "OpenStore",
    "Registry",
    "Run",
    "errors",
    "init",
    "open_store",
]
