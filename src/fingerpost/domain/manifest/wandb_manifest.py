"""W&B's own digests and manifest, bit for bit.

An artifact of ``digest_algorithm="md5"`` has them, so that what was logged with W&B can be compared
with what is here. Nothing that is stored depends on them: md5 tells an accident, not a forgery,
and W&B's digest says nothing of sizes and of where a reference points.

*Source*: ADR 0016; compared with what wandb 0.31.0 gives.
"""

import hashlib
from collections.abc import Iterable
from typing import Final, Protocol

from ..metadata.metadata import JsonObject
from .entry import Entry

HEADER: Final = b"wandb-artifact-manifest-v1\n"


class Digested(Protocol):
    """What has a path and a digest: an entry, or its line."""

    @property
    def path(self) -> str:
        """Where it is in the artifact."""
        ...

    @property
    def digest(self) -> str:
        """The digest that W&B shows."""
        ...


def manifest_digest(entries: Iterable[Digested]) -> str:
    """Return W&B's digest of an artifact: 32 hex digits over paths and digests.

    Args:
        entries: sorted by path.
    """
    # A machine in FIPS mode refuses md5 unless told that nothing depends on its strength.
    hasher = hashlib.md5(HEADER, usedforsecurity=False)
    for entry in entries:
        hasher.update(f"{entry.path}:{entry.digest}\n".encode())
    return hasher.hexdigest()


def manifest_json(entries: Iterable[Entry]) -> JsonObject:
    """Return what W&B stores as ``wandb_manifest.json``.

    Args:
        entries: sorted by path, as the result's ``contents`` are then.
    """
    return {
        "version": 1,
        "storagePolicy": "wandb-storage-policy-v1",
        "storagePolicyConfig": {"storageLayout": "V2"},
        "contents": {str(entry.path): _content(entry) for entry in entries},
    }


def _content(entry: Entry) -> JsonObject:
    content: JsonObject = {"digest": str(entry.digest)}
    if entry.ref is not None:
        content["ref"] = entry.ref
    if entry.size_bytes is not None:
        content["size"] = entry.size_bytes
    if entry.extra:
        content["extra"] = dict(entry.extra)
    return content
