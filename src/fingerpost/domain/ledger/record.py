"""The bytes that stand for an event in the ledger's Merkle tree."""

import json
from functools import lru_cache
from typing import Final
from uuid import UUID

from attrs import frozen

from .merkle import leaf_hash

RECORD_FORMAT: Final = "fingerpost/event/v1"


@lru_cache(maxsize=256)
def _quoted(kind: str) -> str:
    return json.dumps(kind)


@frozen(kw_only=True)
class LedgerRecord:
    """An event as it is stored, and its place.

    Attributes:
        position: place in the ledger, from 1; the leaf with the index ``position - 1``.
        stream_id: the stream.
        version: place in the stream, from 1.
        kind: wire name of the event.
        state: the stored bytes, JSON unless the store encrypts or compresses them.
    """

    position: int
    stream_id: UUID
    version: int
    kind: str
    state: bytes

    def as_bytes(self) -> bytes:
        r"""Return what is hashed: a line of JSON that says where it belongs, and the stored bytes.

        Injective: JSON escapes control characters, so that the first newline ends the line::

            ["fingerpost/event/v1",7,"6f1c…32 hex digits",3,"collection.alias_moved"]
            {"actor":"alice","alias":"production",…}
        """
        kind = _quoted(self.kind)
        place = f'["{RECORD_FORMAT}",{self.position},"{self.stream_id.hex}",{self.version},{kind}]'
        return place.encode() + b"\n" + self.state

    @property
    def leaf(self) -> bytes:
        """Hash of the leaf."""
        return leaf_hash(self.as_bytes())
